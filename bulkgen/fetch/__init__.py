"""Pictures from other people's servers, by address: through a guard, bounded, once each, remembered.

Neutral ground: the studio fetches with it what it draws, preflight what it judges. What a picture holds is neither's
business here; it is asked of whoever opens a `fetcher.Fetcher`.
"""
