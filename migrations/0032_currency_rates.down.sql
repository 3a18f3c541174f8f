drop table currency_rate;
