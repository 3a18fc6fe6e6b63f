// An invitation: `/console/invite#TOKEN`. Shows the account and the role, asks for a name and a password, or for the password
// of a known member.
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, setCsrf } from '../../api.ts';
import { ErrorBox } from '../../parts/Page.tsx';
import { firstPage, reloadSession } from '../../session.tsx';
import { useWords } from '../../words/words.ts';
import { Frame } from './Frame.tsx';
import css from './sign-in.module.css';

export function Invite() {
  const { signIn: w, common } = useWords();
  const navigate = useNavigate();
  const token = useRef('');
  const [invitation, setInvitation] = useState<Answer<'session.readInvitation'> | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    document.title = `${w.inviteTitle} · Chappe`;
    if (token.current !== '') return;
    token.current = window.location.hash.slice(1);
    void call('session.readInvitation', { body: { token: token.current } })
      .then(setInvitation)
      .catch(setError);
  }, [w.inviteTitle]);
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setError(null);
    try {
      const name = String(form.get('name') ?? '').trim();
      const body = {
        token: token.current,
        password: String(form.get('password') ?? ''),
        ...(name === '' ? {} : { name }),
      };
      const answer = await call('session.acceptInvitation', { body });
      setCsrf(answer.csrf);
      const session = await reloadSession();
      await navigate({ to: session.state === 'signed-in' ? firstPage(session) : '/sign-in', replace: true });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Frame title={w.inviteTitle}>
      {invitation === null ? null : (
        <form className={css['fields']} onSubmit={(event) => void submit(event)}>
          <p>
            {invitation.role === 'operator'
              ? w.inviteOperator(invitation.invitedBy)
              : w.inviteLead(
                  invitation.invitedBy,
                  invitation.accountName ?? invitation.account ?? '',
                  common.role[invitation.role],
                )}
          </p>
          <TextInput label={w.email} value={invitation.email} readOnly autoComplete="username" />
          {invitation.isKnown ? (
            <p className="soft">{w.inviteKnown}</p>
          ) : (
            <TextInput
              name="name"
              label={w.name}
              autoComplete="name"
              required
              withAsterisk={false}
              autoFocus
            />
          )}
          <PasswordInput
            name="password"
            label={w.password}
            required
            withAsterisk={false}
            {...(invitation.isKnown
              ? { autoComplete: 'current-password' }
              : { autoComplete: 'new-password', minLength: 12, description: w.passwordHint })}
          />
          <Button type="submit">{w.inviteSubmit}</Button>
        </form>
      )}
      {error === null ? null : <ErrorBox error={error} />}
    </Frame>
  );
}
