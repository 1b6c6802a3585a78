"""Tests of the account mirror and its models."""
