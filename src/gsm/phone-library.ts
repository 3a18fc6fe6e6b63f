// libphonenumber with its full metadata, loaded at its first use: it costs 110 ms of processor time, as much as the rest of a
// short command, and French numbers need none of it. Used by msisdn.ts only.

import { createRequire } from 'node:module';
import type * as Core from 'libphonenumber-js/core';
import type * as Full from 'libphonenumber-js/max';

const require = createRequire(import.meta.url);

/** `metadata` is one object for all callers: each selects its numbering plan and reads it in the same turn. */
export interface PhoneLibrary
  extends Pick<
    typeof Full,
    'getCountries' | 'getCountryCallingCode' | 'isSupportedCountry' | 'parsePhoneNumberFromString'
  > {
  readonly metadata: Core.Metadata;
}

let loaded: PhoneLibrary | undefined;

export function phoneLibrary(): PhoneLibrary {
  loaded ??= load();
  return loaded;
}

/** The package exports `Metadata` with the core only, when it is required. */
function load(): PhoneLibrary {
  const full = require('libphonenumber-js/max') as typeof Full;
  const { Metadata } = require('libphonenumber-js/core') as typeof Core;
  const metadata = new Metadata(require('libphonenumber-js/max/metadata') as Core.MetadataJson);
  const { getCountries, getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } = full;
  return { getCountries, getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString, metadata };
}
