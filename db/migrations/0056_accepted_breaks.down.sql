drop table accepted_break;
