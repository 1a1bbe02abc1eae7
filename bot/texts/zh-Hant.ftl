# 琴問在 Telegram 裡說的每一句話。三個檔案的鍵與變數必須一致，由測試核對。
# 一行以冒號結尾，或首行之後空一行，都會顯示為粗體標題。

## 簡介

bot-description =
    琴問：用站內新聞回答您的問題。

    每個回答都附上原文裡的那句話，以及文章的標題、日期和連結；找不到答案時會直說沒有找到。

    內容來自站內文章，僅供參考，不構成投資建議。
bot-short-description = 用站內新聞回答問題，附原文、日期和連結。僅供參考，不構成投資建議。

## 命令選單

command-start = 開始使用
command-help = 使用說明
command-ask = 提問，例如 /ask 昨天滬指收於多少點
command-search = 只搜尋原文，不作回答
command-sources = 上一個回答的全部來源
command-latest = 最新文章
command-reset = 換個話題，不再承接上文
command-lang = 選擇語言
command-forgetme = 刪除我的全部紀錄
command-status = 運作狀態
command-unanswered = 沒有答案的問題
command-feedback = 最近的評價
command-why = 回答的依據
command-reload = 載入新的索引
command-reindex = 重建索引

## 說明

start =
    您好，我是琴問。

    直接問我新聞裡的事，我會回答，並附上原文裡的那句話，以及文章的標題、日期和連結。找不到答案時，我會直說沒有找到。

    可以這樣問：
    · 昨天北向資金淨流入多少？
    · 上證指數2022年3月1日收於多少點？

    在群組裡，請用 /ask 提問，或者 @ 我，或者回覆我的訊息。更多用法見 /help。

    內容來自站內文章，僅供參考，不構成投資建議。
help =
    使用說明

    私訊時，每則文字訊息都是一個問題；可以接著追問，例如「那深證成指呢？」。在群組裡，請用 /ask 提問，或者 @ 我，或者回覆我的訊息。修改了問題，回答也會跟著更新。

    命令：
    /ask 問題 · 提問
    /search 詞語 · 只搜尋原文
    /sources · 上一個回答的全部來源
    /latest · 最新文章，可加分類和篇數
    /reset · 換個話題，不再承接上文
    /lang · 選擇語言
    /forgetme · 刪除我的全部紀錄

    限定日期和分類：
    /search 北向資金 自:2022-03-01 至:2022-03-31 分類:股票
    /latest 股票 8

    回答下方的 👍 👎 可以隨時改，再按一次即可收回。內容僅供參考，不構成投資建議。
help-admin =
    管理命令：
    /status · 運作狀態
    /unanswered · 沒有答案的問題，加 csv 匯出檔案
    /feedback · 最近的評價
    /why · 上一個回答的依據，也可接問題
    /reload · 載入新的索引
    /reindex · 重建索引，需要確認

## 提問

ask-usage = 請在 /ask 後面寫上問題，例如：/ask 昨天滬指收於多少點
question-empty = 沒有看到問題，請寫幾個字再傳。
question-too-long = 這個問題太長了，請控制在 { $most } 個字以內。
overloaded = 現在提問的人很多，前面還有 { $places } 個問題。請過一會兒再問一次。
timed-out = 這個問題花的時間太長，先停下了。請稍後再試，或換個簡短的問法。
failed = 出了點問題，這次沒能回答。請稍後再試一次。
too-many-questions = 問得有點快，請歇一分鐘再問。
stranger = 抱歉，這個機器人只為指定的使用者服務。
forwarded = 轉傳的訊息我不會當作問題。想問什麼，請直接寫給我。
not-text = 我只看得懂文字。請把問題打出來傳給我。
nothing-asked = 還沒有可以查看的回答。先問一個問題，或者回覆我的某則回答再用這個命令。
unknown-command = 沒有這個命令。全部命令見 /help。
inline-ask-in-private = 到私訊裡提問

## 回答

searched = 檢索：{ $question }
asked = 問：{ $question }
refused = 沒有找到答案。
refused-no-words = 沒有找到：問題裡沒有可以檢索的文字。
refused-off-topic = 沒有找到：這不像是在問新聞。可以問我站內文章裡的人物、公司、數字、時間和地點。
refused-no-passages = 沒有找到：沒有符合條件的文章。
nearest = 可能相關：
nearest-some = 可能相關（{ $first }–{ $last } / { $total }）：
sources = 來源：
statements = 各篇報導的說法：
statements-more = 另有 { $count } 種說法，見各篇來源。
old-answer = （{ $date } 的報導，此後可能已有變化）
old-report = 較早的報導
copies = 另見 { $count } 篇：
copies-only = 另見 { $count } 篇
copy-date = （{ $date }）
listed = 、
more = 等
no-date = 日期不詳
untitled = （無標題）
link-too-long = 連結過長，已略去

## 按鈕

button-more-sources = 更多來源
button-first-sources = 回到首頁來源
button-passage = 看原文段落
button-confirm = 確定
button-cancel = 取消
expired = 這個按鈕已過期，請重新提問。
voted = 已記錄。現在是 👍 { $up } · 👎 { $down }

## 其他命令

search-usage = 請在 /search 後面寫上詞語，例如：/search 北向資金 自:2022-03-01 至:2022-03-31 分類:股票
search-wrong = 看不懂「{ $value }」。日期請寫成 2022-03-01，起始日不能晚於截止日。例如：/search 北向資金 自:2022-03-01 至:2022-03-31
hits = 搜尋：{ $question }
sources-of = 全部來源：{ $question }
latest = 最新文章：
latest-wrong = 看不懂「{ $value }」。可以寫 /latest，或加上分類和篇數（1 到 { $most }），例如：/latest 股票 8
latest-none = 沒有符合條件的文章。不帶分類的 /latest 會列出全部最新文章。
reset = 好，下一個問題不再承接上文。
language-choose = 請選擇語言：
language-unknown = 沒有「{ $value }」這種語言，請選擇：
language-set = 好，以後用繁體中文。
language-zh-Hans = 简体中文
language-zh-Hant = 繁體中文
language-en = English
language-auto = 依 Telegram 的設定
forgotten = { $count ->
    [0] 沒有您的紀錄，語言等設定也已清除。
   *[other] 已刪除您的 { $count } 筆提問紀錄，評價和語言設定也一併刪除。
}

## 管理

status-index = 運作狀態

    索引 { $snapshot }
    文章 { $posts } 篇 · 段落 { $passages } 個 · 最新 { $newest }
status-work =
    已運作 { $hours } 小時 · 處理中 { $running } · 排隊 { $waiting }
    用時：一半在 { $p50 } 毫秒內，95% 在 { $p95 } 毫秒內
status-counts = 啟動以來：回答 { $answered } · 沒有找到 { $refused } · 出錯 { $failed } · 延後 { $put_off } · 逾時 { $timed_out }
status-day = 近 24 小時：提問 { $questions } · 回答 { $answered } · 沒有找到 { $refused } · 👍 { $up } · 👎 { $down }
status-problem = ⚠️ 新索引沒能載入，仍用原來的：{ $problem }
unanswered = 沒有答案的問題：
unanswered-none = 沒有積壓：還沒有問題是找不到答案的。
unanswered-line = · { $question }（{ $count } 次，最近 { $day }）
unanswered-csv = 用 /unanswered csv 匯出全部。
unanswered-file = 沒有答案的問題，可以填上答案交給 qinwen eval。
feedback = 最近的評價：
feedback-none = 還沒有人評價過回答。
feedback-line = · 👍 { $up } 👎 { $down } { $question } → { $answer }
feedback-refused = 沒有找到
reload-changed = 已換用新的索引 { $snapshot }：文章 { $posts } 篇，段落 { $passages } 個。
reload-same = 索引沒有變化，仍是 { $snapshot }：文章 { $posts } 篇，段落 { $passages } 個。
reload-failed = ⚠️ 新索引沒能載入，仍用 { $snapshot }。原因：{ $problem }
reindex-no-posts = 沒有設定文章在哪裡。請在 bot.posts 裡寫上資料夾，然後重新啟動。
reindex-runs = 正在重建索引，請等這一次結束。
reindex-confirm =
    要重建索引嗎？

    會讀取：
    { $posts }

    重建時照常回答，完成後自動換用新的索引。
reindex-started = 開始重建索引……
reindex-progress =
    正在重建索引……

    { $line }
reindex-done =
    索引已重建。

    文章 { $posts } 篇 · 段落 { $passages } 個
    新增 { $added } · 改動 { $changed } · 刪除 { $removed } · 略過 { $skipped }
    新算向量 { $embedded } 個 · 用時 { NUMBER($seconds, maximumFractionDigits: 1) } 秒
reindex-failed = ⚠️ 重建索引沒有成功，仍用原來的索引。原因：{ $problem }
reindex-stopped = 機器人要停止，重建索引中斷了；下次 /reindex 會接著做。
reindex-cancelled = 好，不重建索引。

## 依據（/why）

why = 依據：{ $question }
why-refused = 沒有找到
why-answer = 結果：{ $answer }
why-confidence = 可信度 { $confidence }，門檻 { $threshold }
why-tokens = 詞語：{ $tokens }
why-date = 日期：{ $said } 指 { $first } 至 { $last }
why-latest = 問的是現況，較新的報導優先。
why-categories = 分類：{ $categories }
why-choice-latest = 問的是現況，所以取最新報導裡的說法。
why-choice-version = 同一件事有幾個數字，所以取問題所指的那一個或最新的。
why-signs = 可信度的依據：
why-hits = 找到的段落（總分 · 語意 · 字面）：
why-spans = 候選答案（分數 · 段落）：
why-llm-used = 語言模型的措辭已採用。
why-llm-unused = 語言模型的措辭沒有採用：{ $reason }
why-took = 用時 { $total } 毫秒
