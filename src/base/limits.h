// Every limit of the product, named, with its reason. A limit that is not here does not exist.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mq::limits {

// HTTP. A phone photo after in-page downscaling is under 1 MiB; 8 MiB lets a raw upload through.
inline constexpr std::size_t kHttpHeaderBytes = 16 * 1024;
inline constexpr std::size_t kHttpJsonBodyBytes = 64 * 1024;
inline constexpr std::size_t kHttpPhotoBodyBytes = 8 * 1024 * 1024;
inline constexpr int kHttpReadTimeoutMs =
    15'000;  // slow phones on slow networks send 8 MiB in this
inline constexpr int kHttpWriteTimeoutMs = 15'000;
inline constexpr int kHttpIdleTimeoutMs = 30'000;  // between requests of one connection
inline constexpr std::size_t kHttpConnections = 2'000;
inline constexpr std::size_t kHttpQueue = 512;  // requests waiting for a handler thread
inline constexpr std::size_t kHttpBodyBytesInFlight = 256 * 1024 * 1024;  // 32 raw photos at once
inline constexpr std::size_t kHttpRefusals = 64;  // connections over the limit that still get a 503
inline constexpr int kHttpDrainMs = 10'000;       // graceful shutdown

// JSON. Deeper or larger documents are not requests of ours.
inline constexpr std::size_t kJsonDepth = 16;

// Pictures. 40 megapixels is above every current phone; decoded it is 120 MB in the vision child.
inline constexpr std::int64_t kImagePixels = 40'000'000;
inline constexpr int kImageMinSide = 32;
inline constexpr int kImageMaxFaces = 16;  // more faces in one picture are counted, not returned

// The vision child: requests waiting, one request's time, and the restarts allowed in a minute.
inline constexpr std::size_t kVisionQueue = 64;
inline constexpr int kVisionTimeoutMs = 10'000;
inline constexpr int kHandHeldTimeoutMs = 30'000;  // its faces, the card read twice, the face on it
inline constexpr int kVisionRestartsPerMinute = 30;
inline constexpr int kVisionStartTimeoutMs = 30'000;  // loading the models on a slow, busy machine

// Pages of text in pictures. A dense A4 page is 80 lines of eight cells; hostile pictures may show
// thousands of specks. A page takes about four seconds of one core, on a busy machine several times
// that.
inline constexpr std::size_t kPageLines = 2'000;  // found in a picture: the surest of them are read
inline constexpr std::size_t kPageCells = 5'000;  // a line may hold several
inline constexpr std::size_t kPageCellBytes = 1'000;
inline constexpr int kPageTimeoutMs = 60'000;  // where the child is stopped

// PDFs. Two years of a busy account's statements are under 200 pages; a scan of 100 pages is under
// 20 MiB. A0 is 3,370 points high. A2 at 200 dots per inch is 15.5 megapixels, 60 MB in the child;
// finer shows no more.
inline constexpr std::size_t kPdfBytes = 20 * 1024 * 1024;
inline constexpr int kPdfPages = 200;
inline constexpr int kPdfPageWords = 20'000;  // a page of a dense table has 2,000
inline constexpr int kPdfPageTextBytes =
    400'000;  // shown on a page, overprinted and hidden text included
inline constexpr int kPdfWordBytes = 1'000;
inline constexpr int kPdfPagePoints = 5'000;
inline constexpr int kPdfMinDpi = 36;
inline constexpr int kPdfMaxDpi = 200;
inline constexpr std::int64_t kPdfPixels = 16'000'000;
inline constexpr int kPdfPageMs = 8'000;      // where the reader itself stops, the child remaining
inline constexpr int kPdfTimeoutMs = 12'000;  // where the child is stopped
inline constexpr int kPdfCpuSeconds = 120;    // of one child, which reads one document
inline constexpr std::int64_t kPdfAddressSpaceBytes = std::int64_t{1536} * 1024 * 1024;
inline constexpr std::size_t kPdfQueue = 16;  // documents waiting for a child
inline constexpr int kPdfLossesPerMinute =
    30;  // children lost to documents before no more are started
inline constexpr int kPdfStartTimeoutMs = 15'000;  // fontconfig's cache may have to be made

// Active liveness. Three steps take about ten seconds; a minute is a person who walked away. At 15
// frames a second (more tell nothing new) a minute is 900 frames, and a 720p frame as JPEG stays
// below 512 KiB.
inline constexpr int kSequenceFrames = 900;
inline constexpr int kSequenceMs = 60'000;
inline constexpr std::size_t kSequenceFrameBytes = 2 * 1024 * 1024;
inline constexpr std::size_t kSequenceBytes =
    256 * 1024 * 1024;                       // one clip of the operator's, in memory
inline constexpr int kSequenceSide = 4'096;  // raw video: no capture of a face is larger
inline constexpr std::int64_t kSequencePixels = 9'000'000;  // one raw frame: 4K is 8.3 million
inline constexpr int kToneMinMs = 1'200;  // eyes shut long enough to tell it from a blink
inline constexpr int kToneMaxMs = 3'000;  // longer is unpleasant

// The 1:N index holds 2.7 kB an entry in memory: four million are 11 GB. Nobody reviews a longer
// list of candidates; more threads than this wait for the same memory.
inline constexpr std::size_t kFaceIndexEntries = 4'000'000;
inline constexpr std::size_t kFaceSearchTop = 1'000;
inline constexpr int kFaceSearchThreads = 64;

// Storage. A transaction that waits longer than this in SQLite's queue is refused, not queued for
// ever.
inline constexpr std::size_t kWriteQueue = 1'024;
inline constexpr std::size_t kWriteGroup = 64;          // closures in one commit group
inline constexpr int kTransactionRetries = 5;           // on 40001 / 40P01
inline constexpr std::size_t kStatementCache = 512;     // prepared statements a connection keeps
inline constexpr std::size_t kSqliteReaders = 8;        // connections reading snapshots at once
inline constexpr std::size_t kPostgresConnections = 8;  // a node; the server's own limit is 100
inline constexpr std::size_t kPostgresPipeline =
    256;                                         // statements sent before their results are read
inline constexpr int kConnectionWaitMs = 5'000;  // for a free connection, then busy
inline constexpr int kSqliteBusyMs = 3'000;      // for another process that holds the file
inline constexpr int kPostgresConnectSeconds = 5;
inline constexpr int kPostgresStatementMs = 30'000;  // longer statements are bugs or a sick server
inline constexpr int kPostgresLockMs = 10'000;       // for a row lock, then busy
inline constexpr int kPostgresIdleMs = 60'000;       // a closure that stopped in its transaction
inline constexpr int kMigrationLockMs = 300'000;     // another node may be migrating a large table

// Outbox. With growing delays (0.2 s doubling to 60 s) 12 attempts last about five minutes.
inline constexpr int kOutboxAttempts = 12;
inline constexpr int kOutboxLeaseMs = 30'000;  // a worker that dies gives its row back after this
inline constexpr int kOutboxBatch = 32;

// Partners.
inline constexpr int kPartnerTimeoutMs = 5'000;
inline constexpr std::size_t kPartnerBodyBytes = 4 * 1024 * 1024;
inline constexpr int kBreakerFailures = 5;  // consecutive failures that open a breaker
inline constexpr int kBreakerOpenMs = 5'000;

// Sign-in. Six digits and five guesses a code; how often somebody may try at all: auth/attempts.h.
inline constexpr int kCodeLifeSeconds = 300;
inline constexpr int kCodeGuesses = 5;
inline constexpr int kCodeResendSeconds = 30;
inline constexpr int kSessionIdleSeconds = 30 * 60;
inline constexpr int kSessionLifeSeconds = 12 * 60 * 60;

// Audit trail. A body is facts and commitments; more belongs into a sealed document. A batch keeps
// the writer busy for milliseconds; a proof file of 5,000 leaves is about 10 MB.
inline constexpr std::size_t kAuditBodyBytes = 16 * 1024;
inline constexpr int kAuditBatch = 500;           // leaves given positions in one transaction
inline constexpr int kAuditCheckpointMs = 1'000;  // at most one signed checkpoint in this time
inline constexpr int kAuditProofLeaves = 5'000;
inline constexpr std::size_t kAuditProofBytes = 128 * 1024 * 1024;
inline constexpr std::size_t kAuditProblems = 100;  // listed by a check of the whole log

// Ledger. The largest event (a full prepayment over many instalments) has a few dozen lines.
inline constexpr std::size_t kLedgerLines = 256;
inline constexpr std::size_t kLedgerTextBytes = 200;  // event, object, idempotency key

// Rows of one page of any list.
inline constexpr int kPageRows = 200;

// Loans. Fifty years of months; 10^11 yuan and 1000 % a year keep every product of schedule
// arithmetic inside 128 bits, far beyond anything a lender writes.
inline constexpr int kLoanPeriods = 600;
inline constexpr std::int64_t kLoanMinor = 10'000'000'000'000;
inline constexpr std::int64_t kLoanRateNano = 10'000'000'000;
inline constexpr int kFirstPeriodDays = 366;  // a first period longer than a year is a mistake
inline constexpr std::size_t kChannelTextBytes =
    128;  // references and codes a payment channel sends

// Amounts people state about themselves: ten million a month is a typing error.
inline constexpr std::int64_t kIncomeMinor = 1'000'000'000;

// End of day.
inline constexpr int kEndOfDayBatch =
    500;  // loans listed at a time; each is a transaction of its own
inline constexpr int kAdvanceDays = 400;  // the demo's jump: a bit over a year

// Evaluation on an operator's own photos: a mistaken folder ends at once, not after a day.
inline constexpr std::size_t kEvalLines = 10'000'000;  // of a list of pairs
inline constexpr std::size_t kEvalPhotos = 100'000;    // all with all: five thousand million pairs
inline constexpr std::uint64_t kEvalGenuinePairs =
    20'000'000;  // all are kept in memory, 12 bytes each

// Bank statements. A year of twenty bookings a day is 90 dense pages; 75 rows of a dozen words are
// 900 texts, and recognition gives fewer. A text is a cell or a line. Ten thousand million yuan a
// booking is no borrower's, and sums over all rows stay within 64 bits.
inline constexpr std::size_t kStatementPages = 100;
// Pages whose text layer is held against their picture: recognition takes seconds of each.
inline constexpr std::size_t kStatementComparedPages = 40;
inline constexpr std::size_t kStatementPageTexts = 5'000;
inline constexpr std::size_t kStatementTexts = 200'000;
inline constexpr std::size_t kStatementTextBytes = 1'000;
inline constexpr std::size_t kStatementBytes = 4 * 1024 * 1024;  // of all texts
inline constexpr std::size_t kStatementRows = 10'000;
inline constexpr int kStatementEvidenceDays =
    180;                                       // before a decision; older ones say little of today
inline constexpr int kStatementEvidence = 12;  // of a person that a decision looks at, newest first
inline constexpr std::int64_t kStatementAmountMinor = 1'000'000'000'000;

// Documents people hand in. Two statements of fifty pages and every other kind a few times are
// under the day's figures; clamd itself stops at 25 MiB unless told otherwise.
inline constexpr int kDocumentPages = 50;
inline constexpr int kDocumentFilesPerDay = 200;  // of one person, refused ones included
inline constexpr std::int64_t kDocumentBytesPerDay = std::int64_t{256} * 1024 * 1024;
inline constexpr int kDocumentFields = 20;  // confirmed in one request
inline constexpr int kDocumentReadMs =
    8'000;  // of one delivery; the rest of the pages is the next one's
inline constexpr int kDocumentDpi = 150;       // of a PDF's page that staff look at
inline constexpr int kDocumentReadDpi = 200;   // of one that is read as a picture
inline constexpr int kScanTimeoutMs = 20'000;  // of the malware scanner, one file
inline constexpr std::size_t kScanAnswerBytes = 1'024;

// Text from people.
inline constexpr std::size_t kNameBytes = 150;  // 50 Chinese characters
inline constexpr std::size_t kReasonBytes = 600;

// Text read from ID cards. The longest field, the address, has 35 characters of 3 bytes; a
// recogniser that repeats itself gets four times as much. All the text in one photo of a card is a
// few hundred characters.
inline constexpr std::size_t kCardFieldBytes = 512;
inline constexpr std::size_t kCardTextBytes = 16 * 1024;

}  // namespace mq::limits
