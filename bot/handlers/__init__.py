"""What the bot does with each kind of update. `routing` has them in their order.

`addressed` decides whether something is a question, `asking` takes it to its answer, `delivery`
sends it; `commands` and `admin` are one function a command, `presses` one a button.
"""
