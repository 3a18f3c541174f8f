drop table relationship, legal_entity cascade;
