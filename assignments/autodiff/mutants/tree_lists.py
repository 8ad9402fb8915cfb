"""Tuples become lists.

fails: grad_nested
diagnosis: none
"""


def tree_map(function, tree):
    if isinstance(tree, dict):
        return {key: tree_map(function, part) for key, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [tree_map(function, part) for part in tree]
    return function(tree)
