"""The commands of `grade`, by who uses them. Each imports what it calls when it is called: help answers at once."""
