"""The steps of the process: each holds its commands, its events, and how it decides and folds them;
no step knows another.
"""
