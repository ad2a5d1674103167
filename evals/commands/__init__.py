"""The commands that evals adds to ``hanmi``."""

from evals.commands.bench import bench
from evals.commands.evaluate import evaluate

__all__ = ["bench", "evaluate"]
