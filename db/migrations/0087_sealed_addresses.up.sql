-- Postal addresses and social profiles of people are sealed where a workspace says so (app.contact_fits lets them in). A workspace that seals has to seal
-- these too, and what was copied of them. docs/decisions/0293-lists-of-personal-texts-are-sealed-as-one-text.md
-- locks tenant: there is a row for each workspace
update tenant set personal_sealing = 'sealing' where personal_sealing = 'on';
