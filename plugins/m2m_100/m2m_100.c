/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* M2M100's tokenizer: a sentencepiece model beside the ids of its pieces, and behind those the marks of languages, of which one is before the text;
 * NLLB's: XLM-RoBERTa's vocabulary with a mark for each language before the text, in its first way behind it. */
#include "core/base/auto-json.h"
#include "sdk/auto-sdk.h"

static const char nllb_codes[] =
  "ace_Arab ace_Latn acm_Arab acq_Arab aeb_Arab afr_Latn ajp_Arab aka_Latn amh_Ethi apc_Arab arb_Arab ars_Arab ary_Arab arz_Arab "
  "asm_Beng ast_Latn awa_Deva ayr_Latn azb_Arab azj_Latn bak_Cyrl bam_Latn ban_Latn bel_Cyrl bem_Latn ben_Beng bho_Deva bjn_Arab "
  "bjn_Latn bod_Tibt bos_Latn bug_Latn bul_Cyrl cat_Latn ceb_Latn ces_Latn cjk_Latn ckb_Arab crh_Latn cym_Latn dan_Latn deu_Latn "
  "dik_Latn dyu_Latn dzo_Tibt ell_Grek eng_Latn epo_Latn est_Latn eus_Latn ewe_Latn fao_Latn pes_Arab fij_Latn fin_Latn fon_Latn "
  "fra_Latn fur_Latn fuv_Latn gla_Latn gle_Latn glg_Latn grn_Latn guj_Gujr hat_Latn hau_Latn heb_Hebr hin_Deva hne_Deva hrv_Latn "
  "hun_Latn hye_Armn ibo_Latn ilo_Latn ind_Latn isl_Latn ita_Latn jav_Latn jpn_Jpan kab_Latn kac_Latn kam_Latn kan_Knda kas_Arab "
  "kas_Deva kat_Geor knc_Arab knc_Latn kaz_Cyrl kbp_Latn kea_Latn khm_Khmr kik_Latn kin_Latn kir_Cyrl kmb_Latn kon_Latn kor_Hang "
  "kmr_Latn lao_Laoo lvs_Latn lij_Latn lim_Latn lin_Latn lit_Latn lmo_Latn ltg_Latn ltz_Latn lua_Latn lug_Latn luo_Latn lus_Latn "
  "mag_Deva mai_Deva mal_Mlym mar_Deva min_Latn mkd_Cyrl plt_Latn mlt_Latn mni_Beng khk_Cyrl mos_Latn mri_Latn zsm_Latn mya_Mymr "
  "nld_Latn nno_Latn nob_Latn npi_Deva nso_Latn nus_Latn nya_Latn oci_Latn gaz_Latn ory_Orya pag_Latn pan_Guru pap_Latn pol_Latn "
  "por_Latn prs_Arab pbt_Arab quy_Latn ron_Latn run_Latn rus_Cyrl sag_Latn san_Deva sat_Beng scn_Latn shn_Mymr sin_Sinh slk_Latn "
  "slv_Latn smo_Latn sna_Latn snd_Arab som_Latn sot_Latn spa_Latn als_Latn srd_Latn srp_Cyrl ssw_Latn sun_Latn swe_Latn swh_Latn "
  "szl_Latn tam_Taml tat_Cyrl tel_Telu tgk_Cyrl tgl_Latn tha_Thai tir_Ethi taq_Latn taq_Tfng tpi_Latn tsn_Latn tso_Latn tuk_Latn "
  "tum_Latn tur_Latn twi_Latn tzm_Tfng uig_Arab ukr_Cyrl umb_Latn urd_Arab uzn_Latn vec_Latn vie_Latn war_Latn wol_Latn xho_Latn "
  "ydd_Hebr yor_Latn yue_Hant zho_Hans zho_Hant zul_Latn";

static char **
nllb_languages (const AutoTokenizerSpec *self, JsonObject *settings)
{
  return g_strsplit (nllb_codes, " ", -1);
}

static void
nllb_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  auto_tokenizer_default_text (settings, "src_lang", "eng_Latn");
}

#define NLLB_TEMPLATE(texts, language)                                                                                         \
  "?!legacy_behaviour${" language "}:0 " texts " ${eos_token}:0 ?legacy_behaviour${" language "}:0"

static const AutoSlowPieces nllb_pieces = {
  .skip = 3, .head = AUTO_FAIRSEQ_HEAD, .more = TRUE, .tail = "[\"<mask>\"]", .join = AUTO_JOIN_REPLACED };

static const AutoTokenizerSpec nllb_tokenizer = {
  AUTO_FAIRSEQ_PARTS ("NllbTokenizer"), .more_tokens = nllb_languages, .languages = nllb_languages,
  .tail = "[\"<mask>\"]", .settle = nllb_settle, .templates_win = TRUE,
  .defaults = "{" AUTO_FAIRSEQ_MARKS ", \"legacy_behaviour\": false, \"mask_token\": {\"content\": \"<mask>\", \"lstrip\": true, \"normalized\": true}}",
  .single = NLLB_TEMPLATE ("$A:0", "src_lang"), .pair = NLLB_TEMPLATE ("$A:0 $B:0", "src_lang"),
  .target_single = NLLB_TEMPLATE ("$A:0", "tgt_lang"), .target_pair = NLLB_TEMPLATE ("$A:0 $B:0", "tgt_lang"),
  .slow = AUTO_SLOW_SENTENCEPIECE (&nllb_pieces) };

static const char m2m_100_codes[] =
  "af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu ha he hi hr ht hu hy id ig "
  "ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms my ne nl no ns oc or pa pl ps pt ro ru sd si sk sl "
  "so sq sr ss su sv sw ta th tl tn tr uk ur uz vi wo xh yi yo zh zu";
static const char wmt21_codes[] = "en ha is ja cs ru zh de";

static char **
m2m_100_marks (JsonObject *settings)
{
  const char *which = auto_json_string (settings, "language_codes");
  g_auto(GStrv) codes = g_strsplit (g_strcmp0 (which, "wmt21") == 0 ? wmt21_codes : m2m_100_codes, " ", -1);
  char **marks = g_new0 (char *, g_strv_length (codes) + 1);

  for (guint i = 0; codes[i]; i++)
    marks[i] = g_strconcat ("__", codes[i], "__", NULL);
  return marks;
}

static char **
m2m_100_languages (const AutoTokenizerSpec *self, JsonObject *settings)
{
  return m2m_100_marks (settings);
}

static void
m2m_100_settle (const AutoTokenizerSpec *self, JsonObject *settings)
{
  static const char *const names[][2] = { { "src_lang", "_src_mark" }, { "tgt_lang", "_tgt_mark" } };

  auto_tokenizer_default_text (settings, "src_lang", "en");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *language = auto_json_string (settings, names[i][0]);
      g_autofree char *mark = language ? g_strconcat ("__", language, "__", NULL) : g_strdup ("");
      json_object_set_string_member (settings, names[i][1], mark);
    }
}

static const AutoSlowPieces m2m_100_pieces = { .ids_file = "vocab.json", .beyond = m2m_100_marks, .join = AUTO_JOIN_TIGHT };

static const AutoTokenizerSpec m2m_100_tokenizer = {
  .class_name = "M2M100Tokenizer", .vocab_file = "sentencepiece.bpe.model", .languages = m2m_100_languages, .settle = m2m_100_settle,
  .model_input_names = auto_tokenizer_plain_inputs,
  .defaults = "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"sep_token\": \"</s>\", \"pad_token\": \"<pad>\", \"unk_token\": \"<unk>\","
              " \"language_codes\": \"m2m100\", \"num_madeup_words\": 8}",
  .single = "${_src_mark}:0 $A:0 ${eos_token}:0", .pair = "${_src_mark}:0 $A:0 $B:0 ${eos_token}:0",
  .target_single = "${_tgt_mark}:0 $A:0 ${eos_token}:0", .target_pair = "${_tgt_mark}:0 $A:0 $B:0 ${eos_token}:0",
  .slow = AUTO_SLOW_SENTENCEPIECE (&m2m_100_pieces, .ids_fall_back = TRUE) };

AUTO_PLUGIN (m2m_100, "M2M100",
  AUTO_TOKENIZER ("M2M100Tokenizer", NULL, &m2m_100_tokenizer, .model_type = "m2m_100"),
  AUTO_TOKENIZER ("NllbTokenizer", "NllbTokenizerFast", &nllb_tokenizer, .model_type = "nllb"),
  AUTO_TOKENIZER ("NllbTokenizer", "NllbTokenizerFast", &nllb_tokenizer, .model_type = "nllb-moe"));
