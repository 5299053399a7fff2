-- When the account is asked next, and how many questions it has saved for when they matter.
ALTER TABLE standings ADD COLUMN plan TEXT;
