// The texts people are shown. A changed text gets a new version, and everybody is asked again; an answer
// holds the hash of the text it is about, which the history of this file has.
#include <array>

#include "consent/consent.h"
#include "crypto/crypto.h"

namespace mq::consent {
namespace {

constexpr std::string_view kTermsZh = R"(## 一、我们提供什么
您可以在本页面申请贷款、查看审批结果、签署合同、还款和下载凭证。是否批准、额度和费用以签约前展示的《费用总额表》为准。

## 二、我们处理哪些信息
- 手机号：用于登录和通知；
- 姓名、身份证号、身份证照片：用于确认您是本人；
- 收入、负债、用途：用于评估还款能力；
- 收款银行卡号：用于放款和还款；
- 登录设备的类型（如“微信 · Android”）和登录时间：供您识别并退出他人的登录；
- 设备标识（我们存入您浏览器的随机编号，服务器只保存其摘要）和网络地址的摘要：在陌生设备登录时提醒您，阻止他人反复猜测验证码。

前四项加密保存。合同及交易资料按法律规定的期限保存，登录记录在失效 30 天后、设备标识在 400 天未使用后、网络地址的摘要在一天后删除，其余信息在用途完成后删除。

## 三、您的权利
您可以查询、复制、更正、删除您的信息，撤回同意，要求解释自动决策并要求人工复核。

## 四、不捆绑
人脸信息、向外部机构提供信息，均另行单独征求您的同意，不同意不影响您使用其他方式办理。)";

constexpr std::string_view kTermsEn = R"(## 1. What we offer
On this page you apply for a loan, see the decision, sign the contract, repay and download your proofs. Approval, amount and costs are those of the total-cost sheet shown before you sign.

## 2. What we handle
- your phone number: to sign in and to notify you;
- your name, ID number and photo of the ID card: to make sure it is you;
- income, debts and purpose: to assess whether you can repay;
- your bank card number: to pay out and to collect;
- the kind of device you sign in with ("Safari · iPhone") and when: so that you recognise and end a sign-in that is not yours;
- a mark of your device (a random number that we put into your browser; the server keeps a digest of it) and a digest of your network address: so that you are told of a sign-in on a strange device, and others cannot go on guessing codes.

The first four are stored encrypted. Contract and transaction records are kept as long as the law orders, sign-ins until 30 days after they expired, a device's mark until it was not used for 400 days, the digest of an address for a day; everything else is deleted once its purpose is done.

## 3. Your rights
You may see, copy, correct and delete your data, withdraw consent, ask for an automated decision to be explained, and ask for a human review.

## 4. Nothing is bundled
Face data, and handing data to anybody outside, are asked separately. If you refuse, you can still use another way.)";

constexpr std::string_view kFaceZh = R"(## 处理目的
确认申请贷款的是您本人：把您现场拍摄的人脸，与身份证上的照片以及权威机构留存的照片进行比对。

## 处理方式与范围
仅采集一张自拍照片并计算人脸特征值；加密保存；不用于任何其他用途，不对外提供。

## 保存期限
自拍照片在核验完成后最长保存 30 天供人工复核；人脸特征值在贷款结清后删除。

## 对您的影响
人脸信息属于敏感个人信息，一旦泄露可能被冒用身份。我们以加密、隔离和最短期限保存来降低风险。

## 您可以不同意
不同意不影响申请：您可以选择人工核验（网点或视频核验），费用和利率相同。您也可以随时联系我们撤回同意，撤回后我们删除人脸特征值。)";

constexpr std::string_view kFaceEn = R"(## Purpose
To make sure that it is you who applies: the face you photograph now is compared with the photo on your ID card and with the authority's photo.

## How and how much
One selfie is taken and a face template is computed from it. Both are encrypted, used for nothing else, and given to nobody.

## How long
The selfie is kept for at most 30 days after the check, for human review. The template is deleted when the loan is settled.

## What it means for you
Face data is sensitive: if it leaked, somebody could pretend to be you. Encryption, separation and the shortest possible storage lower that risk.

## You may refuse
Refusing does not stop your application: you can be verified by our staff (branch or video) at the same cost and rate. You can withdraw consent at any time by contacting us; the template is then deleted.)";

constexpr std::string_view kAuthorityZh = R"(## 接收方
公安人像信息源（通过持牌数据服务机构接入）。

## 提供的信息
您的姓名和身份证号。不提供您的自拍照片或身份证照片。

## 目的
核对姓名与身份证号是否一致，并取得留存照片用于与您的人脸比对。

## 方式与期限
通过加密、签名的接口查询一次；取得的照片加密保存，核验完成后最长 30 天删除。

## 您可以不同意
不同意时我们改为人工核验，费用和利率相同。)";

constexpr std::string_view kAuthorityEn = R"(## Recipient
The public-security photo source, reached through a licensed data service.

## What is handed over
Your name and your ID number. Neither your selfie nor your card photo.

## Purpose
To check that name and number belong together, and to obtain the photo on file for comparison with your face.

## How and how long
One query over an encrypted and signed interface. The photo received is stored encrypted and deleted at most 30 days after the check.

## You may refuse
Then our staff verify you instead, at the same cost and rate.)";

Notice make(Purpose purpose, Language language, int version, std::string_view title, std::string_view body,
            std::string_view recipient, std::string_view alternative, bool required) {
  Notice notice{purpose,
                language,
                version,
                std::string(title),
                std::string(body),
                {},
                std::string(recipient),
                std::string(alternative),
                required};
  notice.sha256 = crypto::hex(crypto::sha256(as_bytes(notice.title + "\n" + notice.body_markdown)));
  return notice;
}

const std::array<Notice, 6>& notices() {
  static const std::array<Notice, 6> all = {
      make(Purpose::terms, Language::zh, 3, "服务协议与个人信息处理规则", kTermsZh, "", "", true),
      make(Purpose::terms, Language::en, 3, "Service terms and personal data", kTermsEn, "", "", true),
      make(Purpose::face, Language::zh, 1, "人脸信息处理单独同意书", kFaceZh, "",
           "改用人工核验（网点或视频）", false),
      make(Purpose::face, Language::en, 1, "Separate consent to face data", kFaceEn, "",
           "Be verified by staff instead (branch or video)", false),
      make(Purpose::authority, Language::zh, 1, "向权威人像源查询单独同意书", kAuthorityZh,
           "公安人像信息源", "改用人工核验（网点或视频）", false),
      make(Purpose::authority, Language::en, 1, "Separate consent to the authority query", kAuthorityEn,
           "Public-security photo source", "Be verified by staff instead (branch or video)", false),
  };
  return all;
}

}  // namespace

const Notice& notice(Purpose purpose, Language language) {
  for (const auto& candidate : notices()) {
    if (candidate.purpose == purpose && candidate.language == language) return candidate;
  }
  check_failed("every purpose has a notice in every language");
}

}  // namespace mq::consent
