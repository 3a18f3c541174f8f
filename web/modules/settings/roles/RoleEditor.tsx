import { useMutation, useQuery } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { ChevronLeft, Copy, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { destinations } from '../../../app/navigation.ts';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { DiscardDialog } from '../../../platform/record/DiscardDialog.tsx';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { Select } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';
import { RightsMatrix } from './RightsMatrix.tsx';
import { type AccountKind, accountKinds, type RightOffered, type Rights, type Role, withScope } from './rights.ts';
import { roleName } from './roleName.ts';

/** A role on a page of its own: its name and the matrix of resource, action and scope. */
export function RoleEditor({ role, onClose }: { role: Role | null; onClose: () => void }) {
  const may = useMay();
  const called = role ? roleName(role) : '';
  const [name, setName] = useState(called);
  const [rights, setRights] = useState<Rights>(role?.rights ?? {});
  const [id, setId] = useState(role?.id ?? null);
  const [home, setHome] = useState(role?.home ?? null);
  const [kind, setKind] = useState<AccountKind>(role?.kind ?? 'member');
  const opened = useOpenedVersion(role?.version);
  const offered = useQuery({
    queryKey: ['role', 'other', 'rights'],
    queryFn: ({ signal }) => api.get<{ data: RightOffered[] }>('/rights', {}, signal),
  });
  const copying = role !== null && id === null;
  const isRenamed = name !== called;
  const isWidened = JSON.stringify(rights) !== JSON.stringify(role?.rights ?? {});
  const isMoved = home !== (role?.home ?? null);
  const dirty = copying || isRenamed || isWidened || isMoved;
  const pages = destinations().filter(({ to }) => to !== '/');
  const editable = may('role', id ? 'update' : 'create');
  const finished = useRef(false);
  const [deleting, setDeleting] = useState(false);
  const finish = (done: string) => {
    finished.current = true;
    void queryClient.invalidateQueries({ queryKey: ['role'] });
    toast(done);
    onClose();
  };
  const save = useMutation({
    mutationFn: () =>
      id
        ? api.patch(
            `/roles/${id}`,
            // Of a role that comes with the program nothing else can be changed.
            { ...(isRenamed && { name }), ...(isWidened && { rights }), ...(isMoved && { home }) },
            opened.version,
          )
        : api.post('/roles', { name, rights, kind, home }),
    onSuccess: () => finish(t('Role saved')),
    onError: opened.noteConflict,
  });
  const remove = useMutation({
    mutationFn: () => api.delete(`/roles/${id}`),
    onSuccess: () => finish(t('Role deleted')),
    onSettled: () => setDeleting(false),
  });
  const leaving = useBlocker({
    shouldBlockFn: () => !finished.current,
    enableBeforeUnload: () => !finished.current,
    disabled: !dirty,
    withResolver: true,
  });

  return (
    <section aria-label={t('Role')}>
      <Button
        emphasis="quiet"
        size="small"
        icon={<ChevronLeft size={14} className="rtl:-scale-x-100" />}
        className="mb-3 -ms-2"
        onClick={onClose}
      >
        {t('All roles')}
      </Button>
      <FormShell
        error={save.error ?? remove.error}
        fields={['name', 'kind', 'home']}
        onSubmit={() => dirty && save.mutate()}
        className="mb-5 flex flex-col gap-4"
      >
        <div className="flex flex-wrap items-start gap-2">
          <Field name="name" label={t('Name')} className="min-w-60 flex-1">
            <Input value={name} disabled={!editable || (role?.preset && !copying)} onValueChange={setName} />
          </Field>
          <Field name="kind" label={t('For')} className="w-44">
            <Select
              label={t('For')}
              options={accountKinds.map(({ value, accounts }) => ({ value, label: accounts }))}
              value={kind}
              // A role stays of its kind, because the accounts that have it do.
              disabled={!editable || role !== null}
              onChange={(next) => {
                setKind(next as AccountKind);
                setRights({});
              }}
            />
          </Field>
          <Field name="home" label={t('Home page')} className="w-44">
            <Select
              label={t('Home page')}
              options={[
                { value: '', label: t('Home') },
                ...pages.map(({ to, label }) => ({ value: to, label })),
                // Of a product that is switched off.
                ...(home && !pages.some(({ to }) => to === home) ? [{ value: home, label: home }] : []),
              ]}
              value={home ?? ''}
              disabled={!editable}
              onChange={(next) => setHome(next || null)}
            />
          </Field>
          {/* Beside what is typed, whether or not something is wrong with it. */}
          <div className="flex flex-wrap gap-2 max-sm:basis-full sm:pt-6">
            {role && !copying && may('role', 'create') && (
              <Button
                icon={<Copy size={14} />}
                onClick={() => {
                  setId(null);
                  setName(t('{name} (copy)', { name: called }));
                }}
              >
                {t('Copy')}
              </Button>
            )}
            {id && !role?.preset && may('role', 'delete') && (
              <Button icon={<Trash2 size={14} />} onClick={() => setDeleting(true)}>
                {t('Delete')}
              </Button>
            )}
            {editable && (
              <Button type="submit" emphasis="primary" busy={save.isPending} disabled={!dirty}>
                {t('Save role')}
              </Button>
            )}
          </div>
        </div>
      </FormShell>
      <ConfirmDialog
        open={deleting}
        danger
        busy={remove.isPending}
        title={t('Delete the role “{name}”?', { name: called })}
        description={t('Nobody may have it any more: give them another role first. This cannot be undone.')}
        action={t('Delete role')}
        onClose={() => setDeleting(false)}
        onConfirm={() => remove.mutate()}
      />
      <DiscardDialog
        open={leaving.status === 'blocked'}
        onClose={() => leaving.reset?.()}
        onDiscard={() => leaving.proceed?.()}
      />
      {kind !== 'member' && (
        <p className="mb-4 max-w-prose text-13 text-muted">
          {t(
            'They are external: only the rights offered here can be theirs, and never all records that have an owner.',
          )}
        </p>
      )}
      <Loaded query={offered}>
        {({ data }) => (
          <RightsMatrix
            offered={data}
            kind={kind}
            rights={rights}
            disabled={!editable}
            onChange={(resource, action, scope) => setRights((kept) => withScope(kept, resource, action, scope))}
          />
        )}
      </Loaded>
    </section>
  );
}
