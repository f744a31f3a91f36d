// The pages of the console and what somebody needs to see them.
import { may, type Permission } from './staff';

const PAGES: readonly [path: string, name: string, ...needs: Permission[]][] = [
  ['/reviews', 'reviews', 'verification_read'],
  ['/applications', 'applications', 'application_read'],
  ['/loans', 'loans', 'loan_read'],
  ['/payouts', 'payouts', 'payout_release'],
  ['/ledger', 'ledger', 'ledger_read'],
  ['/audit', 'audit', 'audit_read', 'outbox_read'],
  ['/business-date', 'day', 'business_date_advance'],
  ['/switches', 'switches', 'switch_read'],
  ['/staff', 'staff', 'staff_read'],
];

/** Those that whoever is signed in may see. */
export function menu() {
  return PAGES.filter(([, , ...needs]) => needs.every(may));
}
