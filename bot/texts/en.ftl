# Everything that qinwen says in Telegram. A test checks that the three files have the same keys and
# variables. A line that ends with a colon, and a first line before a blank one, is shown in bold.

## What it is

bot-description =
    qinwen answers your questions from this site's Chinese news.

    Every answer comes with the sentence that says so, and the article's title, date and link. Where there is no answer, it says so.

    From the site's articles, for reference only. This is no investment advice.
bot-short-description = Answers from Chinese news, with the sentence, date and link. For reference only, no investment advice.

## Menus of commands

command-start = Begin here
command-help = How to use it
command-ask = Ask a question, as in /ask 昨天沪指收于多少点
command-search = Find passages, without an answer
command-sources = All sources of the last answer
command-latest = The newest articles
command-reset = Change the subject
command-lang = Choose a language
command-forgetme = Delete all that is kept about me
command-status = How the bot is doing
command-unanswered = Questions without an answer
command-feedback = The latest votes
command-why = How an answer came about
command-reload = Load a new index
command-reindex = Rebuild the index

## How to use it

start =
    Hello, I am qinwen.

    Ask me about the news, best in Chinese. I answer with the sentence that says so, and with the article's title, date and link. Where I find no answer, I say so.

    Questions like these:
    · 昨天北向资金净流入多少？
    · 上证指数2022年3月1日收于多少点？

    In groups, use /ask, mention me, or reply to a message of mine. There is more in /help.

    From the site's articles, for reference only (仅供参考，不构成投资建议). This is no investment advice.
help =
    How to use qinwen

    In a private chat every text is a question, and you may follow it up: “那深证成指呢？”. In groups, use /ask, mention me, or reply to a message of mine. If you edit a question, its answer changes, too.

    Commands:
    /ask question · ask
    /search words · find passages
    /sources · all sources of the last answer
    /latest · newest articles, of a category if you name one
    /reset · change the subject
    /lang · choose a language
    /forgetme · delete all that is kept about me

    Dates and categories:
    /search 北向资金 since:2022-03-01 until:2022-03-31 category:股票
    /latest 股票 8

    You may change your 👍 or 👎 at any time; press again to take it back. For reference only; this is no investment advice.
help-admin =
    For admins:
    /status · how the bot is doing
    /unanswered · questions without an answer; add csv for a file
    /feedback · the latest votes
    /why · how the last answer came about, or that to a question
    /reload · load a new index
    /reindex · rebuild the index, once confirmed

## Asking

ask-usage = Write your question after /ask, as in: /ask 昨天沪指收于多少点
question-empty = I see no question. Please write a few words.
question-too-long = This question is too long. { $most } characters are the most.
overloaded = Many people are asking just now: { $places ->
        [one] one question is
       *[other] { $places } questions are
    } before yours. Please ask again in a moment.
timed-out = This question took too long, so I stopped. Please try again later, or put it more briefly.
failed = Something went wrong and I couldn't answer. Please try again later.
too-many-questions = That was a little fast. Please wait a minute before you ask again.
stranger = Sorry, this bot is for certain people only.
forwarded = I don't take forwarded messages as questions. Please write to me what you want to know.
not-text = I understand text only. Please type your question.
nothing-asked = There is no answer to look at yet. Ask something first, or use this command in reply to an answer of mine.
unknown-command = There is no such command. All commands are in /help.
inline-ask-in-private = Ask in a private chat

## Answers

searched = Searched: { $question }
asked = Q: { $question }
refused = No answer found.
refused-no-words = No answer found: the question has no words that can be searched.
refused-off-topic = No answer found: this doesn't look like a question about the news. Ask me for people, companies, figures, times and places in the site's articles.
refused-no-passages = No answer found: no article fits.
nearest = Perhaps related:
nearest-some = Perhaps related ({ $first }–{ $last } of { $total }):
sources = Sources:
statements = What the reports say:
statements-more = { $count ->
    [one] One more is
   *[other] { $count } more are
    } among the sources.
old-answer = (as of { $date }; it may have changed since)
old-report = older report
copies = Also in { $count ->
    [one] one more article
   *[other] { $count } more articles
}:{" "}
copies-only = Also in { $count ->
    [one] one more article
   *[other] { $count } more articles
}
copy-date = {" "}({ $date })
listed = ,{" "}
more = , …
no-date = no date
untitled = (no title)
link-too-long = link left out, too long

## Buttons

button-more-sources = More sources
button-first-sources = Back to the first
button-passage = Read the passage
button-confirm = Yes, do it
button-cancel = Cancel
expired = This button is too old. Please ask again.
voted = Noted. Now 👍 { $up } · 👎 { $down }

## Other commands

search-usage = Write some words after /search, as in: /search 北向资金 since:2022-03-01 until:2022-03-31 category:股票
search-wrong = I don't understand “{ $value }”. Write dates like 2022-03-01, the first not after the last. For example: /search 北向资金 since:2022-03-01 until:2022-03-31
hits = Search: { $question }
sources-of = All sources: { $question }
latest = Newest articles:
latest-wrong = I don't understand “{ $value }”. Write /latest, or add a category and how many (1 to { $most }), as in: /latest 股票 8
latest-none = No article fits. /latest without a category lists the newest of all.
reset = All right, the next question stands on its own.
language-choose = Choose a language:
language-unknown = There is no language “{ $value }” here. Choose one:
language-set = All right, English from now on.
language-zh-Hans = 简体中文
language-zh-Hant = 繁體中文
language-en = English
language-auto = As set in Telegram
forgotten = { $count ->
    [0] Nothing was kept about your questions; your language setting is gone, too.
    [one] Your question has been deleted, and with it your votes and your language setting.
   *[other] Your { $count } questions have been deleted, and with them your votes and your language setting.
}

## For admins

status-index = Status

    Index { $snapshot }
    { $posts } articles · { $passages } passages · newest { $newest }
status-work =
    Up for { $hours } hours · { $running } at work · { $waiting } waiting
    Time: half within { $p50 } ms, 95% within { $p95 } ms
status-counts = Since the start: { $answered } answered · { $refused } not found · { $failed } failed · { $put_off } put off · { $timed_out } timed out
status-day = Last 24 hours: { $questions } asked · { $answered } answered · { $refused } not found · 👍 { $up } · 👎 { $down }
status-problem = ⚠️ The new index could not be loaded, the old one goes on: { $problem }
unanswered = Questions without an answer:
unanswered-none = None: no question has been left without an answer.
unanswered-line = · { $question } ({ $count ->
        [one] once
       *[other] { $count } times
    }, last { $day })
unanswered-csv = /unanswered csv sends all of them.
unanswered-file = Questions without an answer. Fill in answers and give it to qinwen eval.
feedback = The latest votes:
feedback-none = Nobody has voted on an answer yet.
feedback-line = · 👍 { $up } 👎 { $down } { $question } → { $answer }
feedback-refused = not found
reload-changed = The index { $snapshot } answers now: { $posts } articles, { $passages } passages.
reload-same = The index is still { $snapshot }: { $posts } articles, { $passages } passages.
reload-failed = ⚠️ The new index could not be loaded, { $snapshot } goes on. Reason: { $problem }
reindex-no-posts = It isn't set where the articles are. Name their folders in bot.posts, then restart.
reindex-runs = The index is being rebuilt already. Please wait until that is done.
reindex-confirm =
    Rebuild the index?

    It reads:
    { $posts }

    Questions are answered as always meanwhile; the new index takes over when it is done.
reindex-started = The index is being rebuilt …
reindex-progress =
    The index is being rebuilt …

    { $line }
reindex-done =
    The index has been rebuilt.

    { $posts } articles · { $passages } passages
    { $added } added · { $changed } changed · { $removed } removed · { $skipped } skipped
    { $embedded } embedded · { NUMBER($seconds, maximumFractionDigits: 1) } s
reindex-failed = ⚠️ The index could not be rebuilt, the old one goes on. Reason: { $problem }
reindex-stopped = The bot is stopping, so the rebuild was interrupted; the next /reindex goes on from there.
reindex-cancelled = All right, the index stays as it is.

## How an answer came about (/why)

why = Why: { $question }
why-refused = not found
why-answer = Result: { $answer }
why-confidence = Confidence { $confidence }, threshold { $threshold }
why-tokens = Words: { $tokens }
why-date = Date: { $said } is { $first } to { $last }
why-latest = It asks for the present, so newer reports are preferred.
why-categories = Categories: { $categories }
why-choice-latest = It asks for the present, so the newest report answers.
why-choice-version = One story has several figures, so the one meant answers, else the newest.
why-signs = What the confidence is made of:
why-hits = Passages found (score · meaning · words):
why-spans = Candidates (score · passage):
why-llm-used = The language model's words were used.
why-llm-unused = The language model's words were not used: { $reason }
why-took = Took { $total } ms
