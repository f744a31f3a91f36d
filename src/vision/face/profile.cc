#include "vision/face/profile.h"

#include <algorithm>
#include <ctime>
#include <functional>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/face/align.h"
#include "vision/face/detect.h"
#include "vision/network/model.h"
#include "vision/face/networks.h"
#include "vision/picture/decode.h"

namespace mq::vision {
namespace {

double thread_cpu_ms() {
  timespec now{};
  MQ_CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double median_ms(int rounds, const std::function<void()>& work) {
  std::vector<double> took;
  for (int i = 0; i < rounds; ++i) {
    const double before = thread_cpu_ms();
    work();
    took.push_back(thread_cpu_ms() - before);
  }
  const auto middle = took.begin() + rounds / 2;
  std::nth_element(took.begin(), middle, took.end());
  return *middle;
}

// The networks that every face passes, and how often.
struct Network {
  const Model::Form* form;
  int runs;
};

std::vector<Network> face_networks() {
  const Networks::Forms& forms = Networks::forms();
  return {{&Detector::form(), 1},
          {&Landmarker::form(), 1},
          {&forms.feature, 1},
          {&forms.second, 1},
          {&forms.liveness, 1},
          {&forms.pose, 1},
          {&forms.eye, 2 * Networks::kLooksAtEye}};
}

}  // namespace

Result<std::vector<Stage>> profile_stages(const std::string& models_dir, ByteView image,
                                          int rounds) {
  MQ_CHECK(rounds >= 1);
  MQ_TRY(const auto engine, Engine::load(models_dir));
  MQ_TRY(const Detector detector, Detector::load(models_dir));
  MQ_TRY(const Landmarker landmarker, Landmarker::load(models_dir));
  MQ_TRY(const Networks networks, Networks::load(models_dir));
  const FlushSubnormals guard;
  MQ_TRY(const Picture picture, decode(image));
  const cv::Mat& bgr = picture.bgr;
  const auto found = detector.detect(bgr);
  if (found.empty()) return VisionErrc::no_face;
  const Box box = found.front().box;
  cv::Mat grey;
  cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
  const Landmarks marks = landmarker.find(grey, box);
  const cv::Mat aligned = align_face(bgr, marks, Outside::black);
  if (aligned.empty()) return VisionErrc::no_face;

  std::vector<Stage> out;
  double known = 0;
  const auto stage = [&](std::string_view name, const std::function<void()>& work) {
    out.push_back({name, median_ms(rounds, work)});
    known += out.back().cpu_ms;
  };
  stage("decode", [&] { (void)decode(image).ok(); });
  stage("detect", [&] { (void)detector.detect(bgr); });
  stage("landmarks", [&] {
    cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
    (void)landmarker.find(grey, box);
  });
  stage("embedding", [&] { (void)networks.embed(align_face(bgr, marks, Outside::black)); });
  stage("second_embedding", [&] { (void)networks.embed_second(aligned); });
  stage("liveness", [&] { (void)networks.liveness(bgr, box); });
  stage("pose", [&] { (void)networks.pose(bgr, box); });
  stage("eyes", [&] {
    (void)networks.right_eye_open(grey, marks);
    (void)networks.left_eye_open(grey, marks);
  });
  const double all = median_ms(rounds, [&] { (void)engine->analyze(image).ok(); });
  out.push_back({"rest", all - known});
  return out;
}

struct BareNetworks::Impl {
  struct Loaded {
    Model model;
    Tensor input;
    int runs;
  };
  std::vector<Loaded> networks;
};

BareNetworks::BareNetworks(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BareNetworks::BareNetworks(BareNetworks&&) noexcept = default;
BareNetworks::~BareNetworks() = default;

Result<BareNetworks> BareNetworks::load(const std::string& models_dir) {
  auto impl = std::make_unique<Impl>();
  for (const Network& one : face_networks()) {
    std::size_t floats = 1;
    for (const std::int64_t n : one.form->shape) floats *= static_cast<std::size_t>(n);
    MQ_TRY(Model model, Model::load_form(models_dir, *one.form));
    // In the range of pixels brought to -1..1, and not constant.
    Tensor input(floats);
    for (std::size_t i = 0; i < floats; ++i) input[i] = static_cast<float>(i % 255) / 127.5F - 1;
    impl->networks.push_back({std::move(model), std::move(input), one.runs});
  }
  return BareNetworks(std::move(impl));
}

void BareNetworks::run() {
  const FlushSubnormals guard;
  for (auto& [model, input, runs] : impl_->networks) {
    for (int i = 0; i < runs; ++i) (void)model.run(input);
  }
}

Result<Bytes> framed_face(const Engine& engine, ByteView photo, int width, int height,
                          float face_share) {
  MQ_TRY(const Analysis analysis, engine.analyze(photo));
  if (analysis.faces.empty()) return VisionErrc::no_face;
  MQ_TRY(const Picture picture, decode(photo));
  const Box& box = analysis.faces.front().box;
  cv::Mat shrunk = picture.bgr;
  float shrink = picture.scale;  // pixels of the photo per pixel of `shrunk`
  if (const float by = static_cast<float>(height) * face_share / box.height * shrink; by < 1) {
    cv::resize(picture.bgr, shrunk, {}, by, by, cv::INTER_AREA);
    shrink /= by;
  }
  const float by = static_cast<float>(height) * face_share / box.height * shrink;
  const float cx = (box.x + box.width / 2) / shrink;
  const float cy = (box.y + box.height / 2) / shrink;
  const cv::Matx23f to(by, 0, static_cast<float>(width) / 2 - by * cx,  //
                       0, by, static_cast<float>(height) / 2 - by * cy);
  cv::Mat framed;
  cv::warpAffine(shrunk, framed, to, {width, height}, cv::INTER_CUBIC, cv::BORDER_REFLECT_101);
  Bytes out;
  MQ_CHECK(cv::imencode(".jpg", framed, out, {cv::IMWRITE_JPEG_QUALITY, 90}));
  return out;
}

}  // namespace mq::vision
