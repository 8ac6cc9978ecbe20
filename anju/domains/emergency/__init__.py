"""The emergency card (应急卡): which plan, what to do, whom to call, who was told."""
