// usage: node peer.mjs human|face-api time ROUNDS FILE…     milliseconds a photo
//        node peer.mjs human|face-api pairs CSV ROOT        AUC and EER on labelled pairs
//
// Prints one JSON object. The backend is TensorFlow.js's WebAssembly with SIMD on one thread, because the
// native one is downloaded by a script of its own. Decoding the JPEG is left out of the peers' time.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import jpeg from "jpeg-js";

const require = createRequire(import.meta.url);
const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "node_modules");
const wasm = path.join(modules, "@tensorflow/tfjs-backend-wasm/dist/");

// The libraries fetch their models by address; these lie in files.
const fetchFromNet = globalThis.fetch;
globalThis.fetch = async (address, ...rest) => {
  const name = String(address?.url ?? address);
  if (!name.startsWith("file:")) throw new Error(`nothing may be fetched: ${name}`);
  return new Response(fs.readFileSync(fileURLToPath(name)), {
    headers: { "content-type": name.endsWith(".json") ? "application/json" : "application/octet-stream" },
  });
};
if (typeof fetchFromNet !== "function") throw new Error("Node.js 18 or newer is needed");

function pixels(file) {
  const { width, height, data } = jpeg.decode(fs.readFileSync(file), { useTArray: true, formatAsRGBA: false });
  return { width, height, data };
}

async function human() {
  const tf = require("@tensorflow/tfjs");
  const backend = require("@tensorflow/tfjs-backend-wasm");
  backend.setWasmPaths(wasm);
  backend.setThreadsCount(1);
  const { Human } = require(path.join(modules, "@vladmandic/human/dist/human.node-wasm.js"));
  const off = { enabled: false };
  const it = new Human({
    backend: "wasm",
    wasmPath: wasm,
    wasmPlatformFetch: false,
    modelBasePath: pathToFileURL(path.join(modules, "@vladmandic/human/models")).href + "/",
    debug: false,
    async: false,
    cacheSensitivity: 0,
    filter: off,
    gesture: off,
    body: off,
    hand: off,
    object: off,
    segmentation: off,
    face: {
      enabled: true,
      detector: { rotation: true, maxDetected: 4 },
      mesh: { enabled: true },
      iris: off,
      emotion: off,
      description: { enabled: true },
      antispoof: { enabled: true },
      liveness: { enabled: true },
    },
  });
  await it.load();
  return {
    name: "@vladmandic/human",
    does: "detector, mesh, embedding, antispoof, liveness",
    backend: () => it.tf.getBackend(),
    // The widest face's embedding, or nothing.
    async embedding({ width, height, data }) {
      const tensor = it.tf.tensor4d(new Float32Array(data), [1, height, width, 3], "float32");
      const { face } = await it.detect(tensor);
      tensor.dispose();
      return face.sort((a, b) => b.box[2] - a.box[2])[0]?.embedding;
    },
  };
}

async function faceApi() {
  const tf = require("@tensorflow/tfjs");
  const backend = require("@tensorflow/tfjs-backend-wasm");
  backend.setWasmPaths(wasm);
  backend.setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  const api = require(path.join(modules, "@vladmandic/face-api/dist/face-api.node-wasm.js"));
  const models = path.join(modules, "@vladmandic/face-api/model");
  await api.nets.ssdMobilenetv1.loadFromDisk(models);
  await api.nets.faceLandmark68Net.loadFromDisk(models);
  await api.nets.faceRecognitionNet.loadFromDisk(models);
  const options = new api.SsdMobilenetv1Options({ minConfidence: 0.3, maxResults: 4 });
  return {
    name: "@vladmandic/face-api",
    does: "SSD detector, 68 landmarks, embedding",
    backend: () => tf.getBackend(),
    async embedding({ width, height, data }) {
      const tensor = tf.tensor3d(new Int32Array(data), [height, width, 3], "int32");
      const found = await api.detectAllFaces(tensor, options).withFaceLandmarks().withFaceDescriptors();
      tensor.dispose();
      const widest = found.sort((a, b) => b.detection.box.width - a.detection.box.width)[0];
      return widest?.descriptor && Array.from(widest.descriptor);
    },
  };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function time(peer, rounds, files) {
  const photos = files.map(pixels);
  const wall = [];
  const cpu = [];
  let faces = 0;
  for (const photo of photos.slice(0, 2)) await peer.embedding(photo);
  for (let i = 0; i < rounds; ++i) {
    for (const photo of photos) {
      const used = process.cpuUsage();
      const begun = performance.now();
      if (await peer.embedding(photo)) ++faces;
      wall.push(performance.now() - begun);
      const { user, system } = process.cpuUsage(used);
      cpu.push((user + system) / 1000);
    }
  }
  return { n: wall.length, faces, p50_ms: median(wall), cpu_p50_ms: median(cpu) };
}

const length = (v) => Math.hypot(...v);
const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0) / (length(a) * length(b));
const nearness = (a, b) => -Math.hypot(...a.map((x, i) => x - b[i]));

function errors(scored) {
  const sorted = [...scored].sort((a, b) => a.score - b.score);
  const same = sorted.filter((s) => s.same).length;
  const other = sorted.length - same;
  let area = 0;
  let eer = 1;
  let othersBelow = 0;
  let sameBelow = 0;
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (j < sorted.length && sorted[j].score === sorted[i].score) ++j;
    const tied = sorted.slice(i, j);
    const tiedSame = tied.filter((s) => s.same).length;
    area += tiedSame * (othersBelow + (tied.length - tiedSame) / 2);
    sameBelow += tiedSame;
    othersBelow += tied.length - tiedSame;
    eer = Math.min(eer, Math.max(sameBelow / same, 1 - othersBelow / other));
    i = j;
  }
  return { auc: area / (same * other), eer };
}

async function pairs(peer, csv, root, score) {
  const [header, ...lines] = fs.readFileSync(csv, "utf8").trim().split(/\r?\n/);
  const at = (name) => header.split(",").indexOf(name);
  const rows = lines.map((line) => line.split(","));
  const known = new Map();
  for (const name of new Set(rows.flatMap((r) => [r[at("a")], r[at("b")]]))) {
    known.set(name, await peer.embedding(pixels(path.join(root, name))));
  }
  const scored = rows.map((r) => {
    const [a, b] = [known.get(r[at("a")]), known.get(r[at("b")])];
    return { same: r[at("same")] === "1", score: a && b ? score(a, b) : -1e9 };
  });
  const failed = [...known.values()].filter((e) => !e).length;
  return { pairs: scored.length, photos: known.size, failed_to_enroll: failed, ...errors(scored) };
}

const [which, what, ...rest] = process.argv.slice(2);
const make = { human, "face-api": faceApi }[which];
if (!make || !["time", "pairs"].includes(what) || rest.length < 2) {
  console.error("usage: node peer.mjs human|face-api time ROUNDS FILE… | pairs CSV ROOT");
  process.exit(2);
}
console.log = () => {}; // the libraries greet
const peer = await make();
const result =
  what === "time"
    ? await time(peer, Number(rest[0]), rest.slice(1))
    : await pairs(peer, rest[0], rest[1], which === "human" ? cosine : nearness);
process.stdout.write(
  JSON.stringify({ peer: peer.name, backend: peer.backend(), does: peer.does, ...result }) + "\n",
);
