"""Comparing: arms under the same luck, what sets them apart, and how sure that is."""
