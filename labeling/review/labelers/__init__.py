"""What each labeler is like, and how far labelers, researchers and reward models agree.

sureness.py    from which sureness on others agree with a labeler
profiles.py    all that is known of each labeler
advice.py      whom to train again, or to stop, with the reasons; nothing follows by itself
judges.py      kinds of judges against each other, beside the human ceiling
"""
