"""What each kind of paper says, made from the case as it stood when the paper took effect;
the sheet on which it stands is made elsewhere.
"""
