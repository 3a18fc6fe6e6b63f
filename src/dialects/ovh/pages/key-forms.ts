// Writes the content of the key pages: the forms that create applications and tokens, the question whether to validate a key, and
// the new keys, which are shown once. Used by key-pages.ts.

import type { ToldRule } from '#dialects/ovh/api/access-rule-text.ts';
import { type Html, html } from '#dialects/shared/markup.ts';
import type { KeyRequest } from '#operations/account/ovh-keys/key-requests.ts';
import { type Fields, lifetimes } from './key-fields.ts';
import type { SignedIn } from './key-session.ts';

const said = (problem: string | null) =>
  problem === null ? html`` : html`<p class="said" role="alert">${problem}</p>`;

/** The account of a person who is signed in to the console; e-mail and API key of anybody else, which are never filled in. */
function signInFields({ email = '', account = '' }: Fields, signedIn: SignedIn | null): Html {
  if (signedIn !== null) {
    const options = signedIn.accounts.map(({ serviceName, name }) => {
      const words = name === '' ? serviceName : `${name} (${serviceName})`;
      return serviceName === account
        ? html`<option value="${serviceName}" selected>${words}</option>`
        : html`<option value="${serviceName}">${words}</option>`;
    });
    return html`
<input type="hidden" name="csrf" value="${signedIn.csrf}">
<label>Account
  <select name="account">${options}</select>
  <span class="hint">You are signed in to the console as ${signedIn.name}.
  ${signedIn.keyLink === null ? html`` : html`<a href="${signedIn.keyLink}">Use an API key instead</a>`}</span></label>`;
  }
  return html`
<label>E-mail of the account
  <input type="email" name="email" value="${email}" autocomplete="username" required maxlength="320"></label>
<label>API key of the account
  <input type="password" name="apiKey" autocomplete="current-password" required maxlength="200"></label>`;
}

function applicationFields({ name = '', description = '' }: Fields): Html {
  return html`
<label>Application name
  <input name="name" value="${name}" required maxlength="100"></label>
<label>Application description
  <input name="description" value="${description}" maxlength="500"></label>`;
}

function lifetimeField({ lifetime = '1d' }: Fields): Html {
  const options = lifetimes.map(({ name, words }) =>
    name === lifetime
      ? html`<option value="${name}" selected>${words}</option>`
      : html`<option value="${name}">${words}</option>`,
  );
  return html`<label>Validity <select name="lifetime">${options}</select></label>`;
}

export function renderApplicationForm(
  fields: Fields,
  signedIn: SignedIn | null,
  problem: string | null,
): Html {
  return html`
<h1>Create an application</h1>
<p class="quiet">An application has a key and a secret, with which a program signs its calls. What it may call, each of its
users decides.</p>
${said(problem)}
<form method="post" action="/createApp/">
${signInFields(fields, signedIn)}
${applicationFields(fields)}
<div class="buttons"><button>Create the application</button></div>
</form>`;
}

export function renderTokenForm(fields: Fields, signedIn: SignedIn | null, problem: string | null): Html {
  const { rights = '', addresses = '' } = fields;
  return html`
<h1>Create a token</h1>
<p class="quiet">All three keys at once, for a program of your own: application key, application secret and consumer key.</p>
${said(problem)}
<form method="post" action="/createToken/">
${signInFields(fields, signedIn)}
${applicationFields(fields)}
${lifetimeField(fields)}
<label>Rights
  <textarea name="rights" required spellcheck="false" placeholder="GET /sms&#10;POST /sms/*/jobs">${rights}</textarea>
  <span class="hint">One a line: a method (GET, POST, PUT, DELETE) and a path, in which * stands for anything.
  <code>GET /sms/*</code> does not include <code>GET /sms</code> itself.</span></label>
<label>Allowed addresses
  <textarea name="addresses" class="short" spellcheck="false" placeholder="192.0.2.0/24">${addresses}</textarea>
  <span class="hint">One IP address or CIDR block a line; leave empty to allow all.</span></label>
<div class="buttons"><button>Create the keys</button></div>
</form>`;
}

export interface Question {
  readonly request: KeyRequest;
  readonly rules: readonly ToldRule[];
  readonly token: string;
  readonly fields: Fields;
  readonly signedIn: SignedIn | null;
  readonly problem: string | null;
}

export function renderQuestion({ request, rules, token, fields, signedIn, problem }: Question): Html {
  const { application, allowedIps, redirection } = request;
  return html`
<h1>${application.name} asks for access to your account</h1>
${application.description === '' ? html`` : html`<p class="quiet">${application.description}</p>`}
<h2>It will be allowed to</h2>
<ul class="rules">${rules.map(renderRule)}</ul>
${allowedIps.length === 0 ? html`` : html`<p>Only from ${allowedIps.join(', ')}.</p>`}
${redirection === null ? html`` : html`<p class="quiet">You will then be taken to <code>${new URL(redirection).origin}</code>.</p>`}
<h2>${signedIn === null ? 'Sign in to decide' : 'Decide'}</h2>
${said(problem)}
<form method="post" action="/auth/">
<input type="hidden" name="credentialToken" value="${token}">
${signInFields(fields, signedIn)}
${lifetimeField(fields)}
<div class="buttons">
  <button name="decision" value="accept">Authorize access</button>
  <button name="decision" value="refuse" class="second" formnovalidate>Refuse</button>
</div>
</form>`;
}

function renderRule({ path, methods, words }: ToldRule): Html {
  const sentence = words.charAt(0).toUpperCase() + words.slice(1);
  return html`<li>${sentence}<span class="hint"><code>${methods.join(', ')} ${path}</code></span></li>`;
}

/** The only page that shows the keys. */
export function renderKeys(title: string, keys: readonly (readonly [name: string, key: string])[]): Html {
  return html`
<h1>${title}</h1>
<p>Copy these now: they are not shown again.</p>
<dl>${keys.map(([name, key]) => html`<dt>${name}</dt><dd><code>${key}</code></dd>`)}</dl>`;
}

export function renderMessage(title: string, words: string): Html {
  return html`<h1>${title}</h1><p>${words}</p>`;
}
