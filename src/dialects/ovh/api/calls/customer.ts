// Answers /me with the data of the account that OVH's clients read (docs/dialects/ovh.md#keys-and-signatures).
// Used by call-table.ts. Members without data are null.
import { type Answers, answer } from '#dialects/ovh/api/call-context.ts';

/** Countries with a subsidiary of OVH. */
const subsidiaries = 'CZ DE ES FI FR GB IE IT LT MA NL PL PT SN TN CA US AU IN SG'.split(' ');

const unknown = {
  address: null,
  area: null,
  birthCity: null,
  birthDay: null,
  city: null,
  companyNationalIdentificationNumber: null,
  complementaryAddress: null,
  corporationType: null,
  customerCode: null,
  fax: null,
  italianSDI: null,
  nationalIdentificationNumber: null,
  phone: null,
  phoneCountry: null,
  phoneType: null,
  purposeOfPurchase: null,
  sex: null,
  spareEmail: null,
  vat: null,
  zip: null,
};

export const customerAnswers: Answers = {
  'GET /me': answer(async ({ services, customer }) => {
    const { firstName, lastName, company } = await services.accounts.readPerson(customer);
    const { email, name, serviceName, settings } = customer.account;
    const country = settings.defaultCountry ?? 'FR';
    return {
      ...unknown,
      country,
      currency: { code: 'EUR', symbol: '€' },
      email,
      firstname: firstName || null,
      kycValidated: true,
      language: 'fr_FR',
      legalform: company === '' ? 'individual' : 'corporation',
      name: lastName || name || null,
      nichandle: handleOf(serviceName),
      organisation: company || null,
      ovhCompany: 'ovh',
      ovhSubsidiary: subsidiaries.includes(country) ? country : 'WE',
      state: 'complete',
    };
  }),
};

/** `sms-ab12345-1` belongs to `ab12345-ovh`. */
export function handleOf(serviceName: string): string {
  return serviceName.replace(/^sms-(.+)-\d+$/, '$1-ovh');
}
