# 琴问在 Telegram 里说的每一句话。三个文件的键与变量必须一致，由测试核对。
# 一行以冒号结尾，或首行之后空一行，都会显示为粗体标题。

## 简介

bot-description =
    琴问：用站内新闻回答您的问题。

    每个回答都附上原文里的那句话，以及文章的标题、日期和链接；找不到答案时会直说没有找到。

    内容来自站内文章，仅供参考，不构成投资建议。
bot-short-description = 用站内新闻回答问题，附原文、日期和链接。仅供参考，不构成投资建议。

## 命令菜单

command-start = 开始使用
command-help = 使用说明
command-ask = 提问，例如 /ask 昨天沪指收于多少点
command-search = 只搜索原文，不作回答
command-sources = 上一个回答的全部来源
command-latest = 最新文章
command-reset = 换个话题，不再承接上文
command-lang = 选择语言
command-forgetme = 删除我的全部记录
command-status = 运行状态
command-unanswered = 没有答案的问题
command-feedback = 最近的评价
command-why = 回答的依据
command-reload = 载入新的索引
command-reindex = 重建索引

## 说明

start =
    您好，我是琴问。

    直接问我新闻里的事，我会回答，并附上原文里的那句话，以及文章的标题、日期和链接。找不到答案时，我会直说没有找到。

    可以这样问：
    · 昨天北向资金净流入多少？
    · 上证指数2022年3月1日收于多少点？

    在群里，请用 /ask 提问，或者 @ 我，或者回复我的消息。更多用法见 /help。

    内容来自站内文章，仅供参考，不构成投资建议。
help =
    使用说明

    私聊时，每条文字消息都是一个问题；可以接着追问，例如“那深证成指呢？”。在群里，请用 /ask 提问，或者 @ 我，或者回复我的消息。修改了问题，回答也会跟着更新。

    命令：
    /ask 问题 · 提问
    /search 词语 · 只搜索原文
    /sources · 上一个回答的全部来源
    /latest · 最新文章，可加分类和篇数
    /reset · 换个话题，不再承接上文
    /lang · 选择语言
    /forgetme · 删除我的全部记录

    限定日期和分类：
    /search 北向资金 自:2022-03-01 至:2022-03-31 分类:股票
    /latest 股票 8

    回答下方的 👍 👎 可以随时改，再按一次即可撤回。内容仅供参考，不构成投资建议。
help-admin =
    管理命令：
    /status · 运行状态
    /unanswered · 没有答案的问题，加 csv 导出文件
    /feedback · 最近的评价
    /why · 上一个回答的依据，也可接问题
    /reload · 载入新的索引
    /reindex · 重建索引，需要确认

## 提问

ask-usage = 请在 /ask 后面写上问题，例如：/ask 昨天沪指收于多少点
question-empty = 没有看到问题，请写几个字再发。
question-too-long = 这个问题太长了，请控制在 { $most } 个字以内。
overloaded = 现在提问的人很多，前面还有 { $places } 个问题。请过一会儿再问一次。
timed-out = 这个问题花的时间太长，先停下了。请稍后再试，或换个简短的问法。
failed = 出了点问题，这次没能回答。请稍后再试一次。
too-many-questions = 问得有点快，请歇一分钟再问。
stranger = 抱歉，这个机器人只为指定的用户服务。
forwarded = 转发的消息我不会当作问题。想问什么，请直接写给我。
not-text = 我只看得懂文字。请把问题打出来发给我。
nothing-asked = 还没有可以查看的回答。先问一个问题，或者回复我的某条回答再用这个命令。
unknown-command = 没有这个命令。全部命令见 /help。
inline-ask-in-private = 去私聊里提问

## 回答

searched = 检索：{ $question }
asked = 问：{ $question }
refused = 没有找到答案。
refused-no-words = 没有找到：问题里没有可以检索的文字。
refused-off-topic = 没有找到：这不像是在问新闻。可以问我站内文章里的人物、公司、数字、时间和地点。
refused-no-passages = 没有找到：没有符合条件的文章。
nearest = 可能相关：
nearest-some = 可能相关（{ $first }–{ $last } / { $total }）：
sources = 来源：
statements = 各篇报道的说法：
statements-more = 另有 { $count } 种说法，见各篇来源。
old-answer = （{ $date } 的报道，此后可能已有变化）
old-report = 较早的报道
copies = 另见 { $count } 篇：
copies-only = 另见 { $count } 篇
copy-date = （{ $date }）
listed = 、
more = 等
no-date = 日期不详
untitled = （无标题）
link-too-long = 链接过长，已略去

## 按钮

button-more-sources = 更多来源
button-first-sources = 回到首页来源
button-passage = 看原文段落
button-confirm = 确定
button-cancel = 取消
expired = 这个按钮已过期，请重新提问。
voted = 已记录。现在是 👍 { $up } · 👎 { $down }

## 其他命令

search-usage = 请在 /search 后面写上词语，例如：/search 北向资金 自:2022-03-01 至:2022-03-31 分类:股票
search-wrong = 看不懂“{ $value }”。日期请写成 2022-03-01，起始日不能晚于截止日。例如：/search 北向资金 自:2022-03-01 至:2022-03-31
hits = 搜索：{ $question }
sources-of = 全部来源：{ $question }
latest = 最新文章：
latest-wrong = 看不懂“{ $value }”。可以写 /latest，或加上分类和篇数（1 到 { $most }），例如：/latest 股票 8
latest-none = 没有符合条件的文章。不带分类的 /latest 会列出全部最新文章。
reset = 好，下一个问题不再承接上文。
language-choose = 请选择语言：
language-unknown = 没有“{ $value }”这种语言，请选择：
language-set = 好，以后用简体中文。
language-zh-Hans = 简体中文
language-zh-Hant = 繁體中文
language-en = English
language-auto = 跟随 Telegram 的设置
forgotten = { $count ->
    [0] 没有您的记录，语言等设置也已清除。
   *[other] 已删除您的 { $count } 条提问记录，评价和语言设置也一并删除。
}

## 管理

status-index = 运行状态

    索引 { $snapshot }
    文章 { $posts } 篇 · 段落 { $passages } 个 · 最新 { $newest }
status-work =
    已运行 { $hours } 小时 · 处理中 { $running } · 排队 { $waiting }
    用时：一半在 { $p50 } 毫秒内，95% 在 { $p95 } 毫秒内
status-counts = 启动以来：回答 { $answered } · 没有找到 { $refused } · 出错 { $failed } · 推迟 { $put_off } · 超时 { $timed_out }
status-day = 近 24 小时：提问 { $questions } · 回答 { $answered } · 没有找到 { $refused } · 👍 { $up } · 👎 { $down }
status-problem = ⚠️ 新索引没能载入，仍用原来的：{ $problem }
unanswered = 没有答案的问题：
unanswered-none = 没有积压：还没有问题是找不到答案的。
unanswered-line = · { $question }（{ $count } 次，最近 { $day }）
unanswered-csv = 用 /unanswered csv 导出全部。
unanswered-file = 没有答案的问题，可以填上答案交给 qinwen eval。
feedback = 最近的评价：
feedback-none = 还没有人评价过回答。
feedback-line = · 👍 { $up } 👎 { $down } { $question } → { $answer }
feedback-refused = 没有找到
reload-changed = 已换用新的索引 { $snapshot }：文章 { $posts } 篇，段落 { $passages } 个。
reload-same = 索引没有变化，仍是 { $snapshot }：文章 { $posts } 篇，段落 { $passages } 个。
reload-failed = ⚠️ 新索引没能载入，仍用 { $snapshot }。原因：{ $problem }
reindex-no-posts = 没有设置文章在哪里。请在 bot.posts 里写上文件夹，然后重新启动。
reindex-runs = 正在重建索引，请等这一次结束。
reindex-confirm =
    要重建索引吗？

    会读取：
    { $posts }

    重建时照常回答，完成后自动换用新的索引。
reindex-started = 开始重建索引……
reindex-progress =
    正在重建索引……

    { $line }
reindex-done =
    索引已重建。

    文章 { $posts } 篇 · 段落 { $passages } 个
    新增 { $added } · 改动 { $changed } · 删除 { $removed } · 跳过 { $skipped }
    新算向量 { $embedded } 个 · 用时 { NUMBER($seconds, maximumFractionDigits: 1) } 秒
reindex-failed = ⚠️ 重建索引没有成功，仍用原来的索引。原因：{ $problem }
reindex-stopped = 机器人要停止，重建索引中断了；下次 /reindex 会接着做。
reindex-cancelled = 好，不重建索引。

## 依据（/why）

why = 依据：{ $question }
why-refused = 没有找到
why-answer = 结果：{ $answer }
why-confidence = 可信度 { $confidence }，门槛 { $threshold }
why-tokens = 词语：{ $tokens }
why-date = 日期：{ $said } 指 { $first } 至 { $last }
why-latest = 问的是现状，较新的报道优先。
why-categories = 分类：{ $categories }
why-choice-latest = 问的是现状，所以取最新报道里的说法。
why-choice-version = 同一件事有几个数字，所以取问题所指的那一个或最新的。
why-signs = 可信度的依据：
why-hits = 找到的段落（总分 · 语义 · 字面）：
why-spans = 候选答案（分数 · 段落）：
why-llm-used = 语言模型的措辞已采用。
why-llm-unused = 语言模型的措辞没有采用：{ $reason }
why-took = 用时 { $total } 毫秒
