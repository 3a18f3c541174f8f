drop trigger if exists by_operator on sign_in_provider;
drop function if exists app.protect_operator_provider(), app.drop_planted_sign_ins(uuid, uuid), app.provider_refuses(uuid, uuid), app.grant_operator(text, text, text);
alter table sign_in_provider drop column by_operator;
