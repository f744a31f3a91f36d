import { createRouter, createWebHashHistory } from 'vue-router';

import ApplicationDetail from './pages/ApplicationDetail.vue';
import ApplicationList from './pages/ApplicationList.vue';
import AuditPage from './pages/AuditPage.vue';
import BusinessDatePage from './pages/BusinessDatePage.vue';
import DocumentDetail from './pages/DocumentDetail.vue';
import HomePage from './pages/HomePage.vue';
import InvitationPage from './pages/InvitationPage.vue';
import LedgerPage from './pages/LedgerPage.vue';
import LoanDetail from './pages/LoanDetail.vue';
import LoanList from './pages/LoanList.vue';
import PayoutsPage from './pages/PayoutsPage.vue';
import ReviewList from './pages/ReviewList.vue';
import SessionsPage from './pages/SessionsPage.vue';
import StaffPage from './pages/StaffPage.vue';
import SwitchesPage from './pages/SwitchesPage.vue';
import VerificationDetail from './pages/VerificationDetail.vue';

// Addresses after '#': the server has one page to serve and no route to know.
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: HomePage },
    { path: '/reviews', component: ReviewList },
    {
      path: '/verifications/:id',
      component: VerificationDetail,
      props: true,
      meta: { menu: '/reviews' },
    },
    { path: '/applications', component: ApplicationList },
    {
      path: '/applications/:id',
      component: ApplicationDetail,
      props: true,
      meta: { menu: '/applications' },
    },
    { path: '/documents/:id', component: DocumentDetail, props: true, meta: { menu: '/reviews' } },
    { path: '/loans', component: LoanList },
    { path: '/loans/:id', component: LoanDetail, props: true, meta: { menu: '/loans' } },
    { path: '/payouts', component: PayoutsPage },
    { path: '/ledger', component: LedgerPage },
    { path: '/audit', component: AuditPage },
    { path: '/business-date', component: BusinessDatePage },
    { path: '/sessions', component: SessionsPage },
    { path: '/staff', component: StaffPage },
    {
      path: '/invitation/:token',
      component: InvitationPage,
      props: true,
      meta: { for_anyone: true },
    },
    { path: '/switches', component: SwitchesPage },
    { path: '/:rest(.*)', redirect: '/' },
  ],
});
