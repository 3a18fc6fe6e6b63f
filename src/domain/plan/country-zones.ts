// Time zones of the countries that the shipped rate card prices, and their weekly day of rest, from the IANA database
// (zone.tab 2025b). Used by the sending hours. A number does not tell its region: for a country with several zones the
// table has the zones that are earliest and latest on some day of the year, so an hour open in these is open
// in all between.

const zones =
  'AD Europe/Andorra, AE Asia/Dubai, AF Asia/Kabul, AG America/Antigua, AI America/Anguilla, AL Europe/Tirane, ' +
  'AM Asia/Yerevan, AO Africa/Luanda, AR America/Argentina/Buenos_Aires, AS Pacific/Pago_Pago, AT Europe/Vienna, ' +
  'AU Australia/Perth+Australia/Lord_Howe, AW America/Aruba, AX Europe/Mariehamn, AZ Asia/Baku, ' +
  'BA Europe/Sarajevo, BB America/Barbados, BD Asia/Dhaka, BE Europe/Brussels, BF Africa/Ouagadougou, ' +
  'BG Europe/Sofia, BH Asia/Bahrain, BI Africa/Bujumbura, BJ Africa/Porto-Novo, BL America/St_Barthelemy, ' +
  'BM Atlantic/Bermuda, BN Asia/Brunei, BO America/La_Paz, BQ America/Kralendijk, ' +
  'BR America/Eirunepe+America/Noronha, BS America/Nassau, BT Asia/Thimphu, BW Africa/Gaborone, BY Europe/Minsk, ' +
  'BZ America/Belize, CA America/Vancouver+America/St_Johns, CD Africa/Kinshasa+Africa/Lubumbashi, ' +
  'CF Africa/Bangui, CG Africa/Brazzaville, CH Europe/Zurich, CI Africa/Abidjan, CK Pacific/Rarotonga, ' +
  'CL Pacific/Easter+America/Santiago+America/Coyhaique, CM Africa/Douala, CN Asia/Shanghai, CO America/Bogota, ' +
  'CR America/Costa_Rica, CU America/Havana, CV Atlantic/Cape_Verde, CW America/Curacao, CY Asia/Nicosia, ' +
  'CZ Europe/Prague, DE Europe/Berlin, DJ Africa/Djibouti, DK Europe/Copenhagen, DM America/Dominica, ' +
  'DO America/Santo_Domingo, DZ Africa/Algiers, EC Pacific/Galapagos+America/Guayaquil, EE Europe/Tallinn, ' +
  'EG Africa/Cairo, ER Africa/Asmara, ES Atlantic/Canary+Europe/Madrid, ET Africa/Addis_Ababa, ' +
  'FI Europe/Helsinki, FJ Pacific/Fiji, FM Pacific/Chuuk+Pacific/Pohnpei, FO Atlantic/Faroe, FR Europe/Paris, ' +
  'GA Africa/Libreville, GB Europe/London, GD America/Grenada, GE Asia/Tbilisi, GF America/Cayenne, ' +
  'GG Europe/Guernsey, GH Africa/Accra, GI Europe/Gibraltar, GL America/Thule+America/Nuuk, GM Africa/Banjul, ' +
  'GN Africa/Conakry, GP America/Guadeloupe, GQ Africa/Malabo, GR Europe/Athens, GT America/Guatemala, ' +
  'GU Pacific/Guam, GW Africa/Bissau, GY America/Guyana, HK Asia/Hong_Kong, HN America/Tegucigalpa, ' +
  'HR Europe/Zagreb, HT America/Port-au-Prince, HU Europe/Budapest, ID Asia/Jakarta+Asia/Jayapura, ' +
  'IE Europe/Dublin, IL Asia/Jerusalem, IM Europe/Isle_of_Man, IN Asia/Kolkata, IQ Asia/Baghdad, IR Asia/Tehran, ' +
  'IS Atlantic/Reykjavik, IT Europe/Rome, JE Europe/Jersey, JM America/Jamaica, JO Asia/Amman, JP Asia/Tokyo, ' +
  'KE Africa/Nairobi, KG Asia/Bishkek, KH Asia/Phnom_Penh, KI Pacific/Tarawa+Pacific/Kiritimati, ' +
  'KM Indian/Comoro, KN America/St_Kitts, KR Asia/Seoul, KW Asia/Kuwait, KY America/Cayman, KZ Asia/Almaty, ' +
  'LA Asia/Vientiane, LB Asia/Beirut, LC America/St_Lucia, LI Europe/Vaduz, LK Asia/Colombo, LR Africa/Monrovia, ' +
  'LS Africa/Maseru, LT Europe/Vilnius, LU Europe/Luxembourg, LV Europe/Riga, LY Africa/Tripoli, ' +
  'MA Africa/Casablanca, MC Europe/Monaco, MD Europe/Chisinau, ME Europe/Podgorica, MF America/Marigot, ' +
  'MG Indian/Antananarivo, MH Pacific/Majuro, MK Europe/Skopje, ML Africa/Bamako, MM Asia/Yangon, ' +
  'MN Asia/Hovd+Asia/Ulaanbaatar, MO Asia/Macau, MP Pacific/Saipan, MQ America/Martinique, MR Africa/Nouakchott, ' +
  'MS America/Montserrat, MT Europe/Malta, MU Indian/Mauritius, MV Indian/Maldives, MW Africa/Blantyre, ' +
  'MX America/Tijuana+America/Cancun, MY Asia/Kuala_Lumpur, MZ Africa/Maputo, NA Africa/Windhoek, ' +
  'NC Pacific/Noumea, NE Africa/Niamey, NG Africa/Lagos, NI America/Managua, NL Europe/Amsterdam, ' +
  'NO Europe/Oslo, NP Asia/Kathmandu, NR Pacific/Nauru, NU Pacific/Niue, NZ Pacific/Auckland+Pacific/Chatham, ' +
  'OM Asia/Muscat, PA America/Panama, PE America/Lima, PF Pacific/Tahiti+Pacific/Gambier, ' +
  'PG Pacific/Port_Moresby+Pacific/Bougainville, PH Asia/Manila, PK Asia/Karachi, PL Europe/Warsaw, ' +
  'PM America/Miquelon, PR America/Puerto_Rico, PS Asia/Gaza, PT Atlantic/Azores+Europe/Lisbon, ' +
  'PW Pacific/Palau, PY America/Asuncion, QA Asia/Qatar, RE Indian/Reunion, RO Europe/Bucharest, ' +
  'RS Europe/Belgrade, RU Europe/Kaliningrad+Asia/Kamchatka, RW Africa/Kigali, SA Asia/Riyadh, ' +
  'SB Pacific/Guadalcanal, SC Indian/Mahe, SD Africa/Khartoum, SE Europe/Stockholm, SG Asia/Singapore, ' +
  'SI Europe/Ljubljana, SK Europe/Bratislava, SL Africa/Freetown, SM Europe/San_Marino, SN Africa/Dakar, ' +
  'SO Africa/Mogadishu, SR America/Paramaribo, SS Africa/Juba, ST Africa/Sao_Tome, SV America/El_Salvador, ' +
  'SX America/Lower_Princes, SY Asia/Damascus, SZ Africa/Mbabane, TC America/Grand_Turk, TD Africa/Ndjamena, ' +
  'TG Africa/Lome, TH Asia/Bangkok, TJ Asia/Dushanbe, TL Asia/Dili, TM Asia/Ashgabat, TN Africa/Tunis, ' +
  'TO Pacific/Tongatapu, TR Europe/Istanbul, TT America/Port_of_Spain, TV Pacific/Funafuti, TW Asia/Taipei, ' +
  'TZ Africa/Dar_es_Salaam, UA Europe/Kyiv, UG Africa/Kampala, ' +
  'US America/Adak+America/New_York+Pacific/Honolulu, UY America/Montevideo, UZ Asia/Samarkand, ' +
  'VA Europe/Vatican, VC America/St_Vincent, VE America/Caracas, VG America/Tortola, VI America/St_Thomas, ' +
  'VN Asia/Ho_Chi_Minh, VU Pacific/Efate, WF Pacific/Wallis, WS Pacific/Apia, XK Europe/Belgrade, YE Asia/Aden, ' +
  'YT Indian/Mayotte, ZA Africa/Johannesburg, ZM Africa/Lusaka, ZW Africa/Harare';

/** IANA names by ISO 3166 code; China has one legal time. */
export const zonesByCountry: ReadonlyMap<string, readonly string[]> = new Map(
  zones.split(', ').map((row) => [row.slice(0, 2), row.slice(3).split('+')]),
);

const restsOnFriday = new Set('AF BD BH DJ DZ EG IQ IR JO KW LY MV OM PS QA SA SD SY YE'.split(' '));
const restsOnSaturday = new Set(['IL', 'NP']);

/** 0 is Sunday. For a weekend of two days, the day on which shops are closed. */
export function dayOfRest(country: string): number {
  if (restsOnFriday.has(country)) return 5;
  return restsOnSaturday.has(country) ? 6 : 0;
}
