"""Where torch is not installed, pytest does not look into the modules that cannot be imported without it."""

import importlib.util

collect_ignore = (
    [] if importlib.util.find_spec("torch") else ["model.py", "training.py", "learner.py", "experiment.py"]
)
