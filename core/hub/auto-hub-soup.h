/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What is used of libsoup. It is opened when something is first fetched: it and the libraries that it brings cost a third of the
 * time that a process takes to start, and most processes find their model on the disk. */
#define AUTO_HUB_SOUP_FUNCTIONS(F) \
  F (content_decoder_get_type) \
  F (date_time_new_from_http_string) \
  F (message_add_flags) \
  F (message_disable_feature) \
  F (message_get_request_headers) \
  F (message_get_response_headers) \
  F (message_get_status) \
  F (message_get_tls_peer_certificate_errors) \
  F (message_get_uri) \
  F (message_headers_get_content_length) \
  F (message_headers_get_content_range) \
  F (message_headers_get_one) \
  F (message_headers_replace) \
  F (message_headers_set_range) \
  F (message_new_from_uri) \
  F (session_error_quark) \
  F (session_new_with_options) \
  F (session_send) \
  F (session_set_proxy_resolver)

typedef struct
{
#define AUTO_HUB_SOUP_MEMBER(name) __typeof__ (&soup_ ## name) name;
  AUTO_HUB_SOUP_FUNCTIONS (AUTO_HUB_SOUP_MEMBER)
#undef AUTO_HUB_SOUP_MEMBER
} AutoHubSoup;

/* Valid after auto_hub_soup_open () has said TRUE. */
extern AutoHubSoup auto_hub_soup;
gboolean auto_hub_soup_open (GError **error);

G_END_DECLS
