"""The kernel of the forecast: a network of units, nodes and servers (`network`), run many times, and what comes of it (`results`)."""

from workflow.simulation.kernel.kernels import Astray, Kernel, kernel
from workflow.simulation.kernel.laws import quantile, share_below
from workflow.simulation.kernel.network import END, Network, Node, Server, Traveller, Way
from workflow.simulation.kernel.replications import Progress, piece, replicate
from workflow.simulation.kernel.results import Run, way_index

__all__ = [
    "END",
    "Astray",
    "Kernel",
    "Network",
    "Node",
    "Progress",
    "Run",
    "Server",
    "Traveller",
    "Way",
    "kernel",
    "piece",
    "quantile",
    "replicate",
    "share_below",
    "way_index",
]
