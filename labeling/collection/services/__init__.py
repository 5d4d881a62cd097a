"""What may be done to prompts, batches and assignments: one deed a file, each one transaction with its Event.

Whoever takes several row locks takes them in this order, so that no two deeds wait for each other:
the labeler's membership, the batch, assignments (by id), tasks (by id), slots.
"""
