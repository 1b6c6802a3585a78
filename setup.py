"""A shim for tools that still call ``setup.py``; what it would say is in ``setup.cfg``."""

from setuptools import setup

setup()
