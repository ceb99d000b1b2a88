"""Breaks the running system on purpose, and judges from outside whether its promises held
(`python -m faults`).
"""
