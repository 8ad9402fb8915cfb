"""Derivatives by hand, by us and by others: the same work, and the same numbers."""

from benchmarks.derivatives.workloads import WORKLOADS, Workload

__all__ = ["WORKLOADS", "Workload"]
