"""Editions and goals become what each municipality follows up."""
