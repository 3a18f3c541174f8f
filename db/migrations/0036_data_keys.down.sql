drop table data_key, workspace_key;
