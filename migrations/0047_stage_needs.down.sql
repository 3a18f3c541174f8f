drop trigger check_next_products on deal;
drop trigger check_first_products on deal;
drop trigger check_next_stage on deal;
drop trigger check_first_stage on deal;
drop function app.check_stage_products();
drop function app.check_stage_fields();
drop function app.frees_of_stage_needs();
drop function app.is_field(text, text[]);
drop function app.lacks(jsonb, text);
