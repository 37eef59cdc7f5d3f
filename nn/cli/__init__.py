"""The commands of `chalkgrad`, by idea: each file has its commands' parsers beside what they do.

    formulas.py    step, derive, grad, hessian, draw: any formula that is typed
    lessons.py     play, tour, lab: what a course needs
    classroom.py   exercise, exam, mark: what a class needs
    notes.py       check: a page of notes
    engines.py     judge: an engine of one's own
    training.py    train: nets on data
    writing.py     train names: a GPT on lines of letters
    machine.py     doctor, completion: the computer that all this runs on
    topics.py      help: on a command, or for teachers
    shared.py      what they share: help, terminals, JSON

main.py puts them together. What a command needs is imported when it runs, so that help comes at once.
"""
