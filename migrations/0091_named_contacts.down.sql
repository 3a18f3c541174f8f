create or replace function app.contact_fits(
  external_id text, given_name text, family_name text, email text, email_label text, other_emails jsonb, phone text, phone_label text, other_phones jsonb,
  job_title text, source text, lead_status text, lifecycle_stage text, consent_email text, street text, city text, region text, postal_code text,
  country text, address_label text, other_addresses jsonb, sites jsonb, social_profiles jsonb, birthday text, time_zone text, custom jsonb
) returns boolean language plpgsql immutable as $$
declare
  misfit constant text := case
    when length(external_id) not between 1 and 200 then 'external_id'
    when length(given_name) > 200 then 'given_name'
    when length(family_name) > 200 then 'family_name'
    when length(email) > 254 then 'email'
    when length(email_label) > 60 then 'email_label'
    when other_emails <> '[]' and not app.labelled_list_fits(other_emails, 254) then 'other_emails'
    when length(phone) > 50 then 'phone'
    when length(phone_label) > 60 then 'phone_label'
    when other_phones <> '[]' and not app.labelled_list_fits(other_phones, 50) then 'other_phones'
    when length(job_title) > 200 then 'job_title'
    when length(source) > 100 then 'source'
    when lead_status not in ('new', 'working', 'qualified', 'unqualified') then 'lead_status'
    when lifecycle_stage not in ('subscriber', 'lead', 'customer', 'former') then 'lifecycle_stage'
    when consent_email not in ('unknown', 'granted', 'denied') then 'consent_email'
    when length(street) > 300 then 'street'
    when length(city) > 200 then 'city'
    when length(region) > 200 then 'region'
    when length(postal_code) > 20 then 'postal_code'
    when length(country) > 100 then 'country'
    when length(address_label) > 60 then 'address_label'
    when other_addresses <> '[]' and not app.address_list_fits(other_addresses) then 'other_addresses'
    when sites <> '[]' and not app.labelled_list_fits(sites, 2000) then 'sites'
    when social_profiles <> '[]' and not app.labelled_list_fits(social_profiles, 500) then 'social_profiles'
    when birthday is not null and not app.birthday_fits(birthday) then 'birthday'
    when length(time_zone) > 60 then 'time_zone'
    when jsonb_typeof(custom) <> 'object' then 'custom'
  end;
begin
  if misfit is null then return true; end if;
  raise check_violation using message = format('The %s of a contact cannot be like this', misfit), table = 'contact', column = misfit, constraint = 'contact_fits';
end $$;
