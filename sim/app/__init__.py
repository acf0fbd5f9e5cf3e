"""The app: a small server that simulates and records, and a viewer that plays what was recorded."""
