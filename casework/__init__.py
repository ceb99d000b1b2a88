"""The application without the web: giving commands, what the log answers, who sees what;
its outcomes know no HTTP.
"""
