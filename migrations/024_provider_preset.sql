-- The name of the preset that a provider was made from: what is known of its vendor holds behind another address, too.
ALTER TABLE ai_providers ADD COLUMN preset TEXT;
