// Form of e-mail addresses. Used wherever a customer or an operator writes one. Checks the form only: whether an address
// exists is known after a mail to it.

/** One @ between two parts without spaces, as in `info@example.com` and `root@localhost`. */
export const emailPattern = /^[^@\s]+@[^@\s]+$/;

/** `emailPattern`, or a whole domain as in `@example.com`. */
export const emailOrDomainPattern = /^[^@\s]*@[^@\s]+$/;

/** RFC 5321 §4.5.3.1.3: a path has at most 256 octets with its angle brackets. */
export const maxEmailLength = 254;

export function isEmail(text: string): boolean {
  return emailPattern.test(text);
}

/** An e-mail address whose domain has a dot. */
export function isInternetEmail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text);
}
