"""The end of retention in the browser."""
