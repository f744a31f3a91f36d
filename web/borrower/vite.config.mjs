import { site } from '../vite.shared.mjs';

export default site('borrower', '/');
