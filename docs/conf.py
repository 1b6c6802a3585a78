"""How the documentation is built."""

from __future__ import annotations

import sixmm

project = "sixmm"
author = "The sixmm authors"
copyright = "2026, The sixmm authors"
version = release = sixmm.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"sixmm {release}"

myst_heading_anchors = 3

# Signatures show the names that a caller writes, not the modules in which they live.
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"members": True, "show-inheritance": True}
