"""The desk: people sign in, see what is theirs to do, and take the steps in the browser."""
