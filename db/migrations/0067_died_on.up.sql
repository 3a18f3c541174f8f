-- The day on which a client died, set by the guided action of their household.
alter table client_profile add column died_on date;
