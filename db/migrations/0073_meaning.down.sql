drop table meaning_passage, meaning_term, meaning_model cascade;
